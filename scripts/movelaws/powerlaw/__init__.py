"""Power laws on a bounded range: any exponent, binned or not, in one piece or two.

``truncated`` fits distances, ``binned`` fits counts per bin with or without a pair distribution,
``piecewise`` fits the local cost in two pieces; ``goodness`` and the ``alternatives`` judge the
fits; ``radii`` has the laws of the mobility radii; ``sample_space``, ``segments``, ``slopes`` and
``planted`` read published bins as the paper's authors did, and in every other way.
"""
