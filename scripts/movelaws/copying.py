"""Copying arrays inside compiled code.

``target[:] = source`` between arrays makes Numba compile its check of the shapes with the text of
its error, 2 s in every process that compiles such a kernel. A loop has none and is as fast.
"""

from numba import njit


@njit(cache=True, error_model="numpy")
def copy_into(source, target):
    """Copy a vector onto another, which may be longer. Kernels trust the sizes."""
    for k in range(source.size):
        target[k] = source[k]
