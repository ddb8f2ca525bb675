"""The value of every node of a plan for some cases.

A value has one dimension for each axis of its node, in their order, and a last one for the cases; a dimension
of one stands for all.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from safethird.engines.columns import choices, conditions, terms
from safethird.engines.columns.load import Block
from safethird.engines.columns.values import Array, ListValue, Range, Value, aligned, range_aligned
from safethird.engines.plan.nodes import Axis, Listing, PlanNode, in_order

_COMPUTE: dict[type[PlanNode], Callable[..., Value]] = {
    **conditions.COMPUTE,
    **choices.COMPUTE,
    **terms.COMPUTE,
}


class Evaluator:
    """Values of nodes for some cases, each computed once."""

    def __init__(
        self, block: Block, orders: dict[tuple[PlanNode, ...], list[PlanNode]] | None = None
    ) -> None:
        """`orders` is where orders of nodes are kept, so that the next block need not make them again."""
        self.block = block
        self.rows: dict[tuple[str, PlanNode], Array] = {}
        """Rows of look-up tables that have been found; see `terms.row`."""
        self._values: dict[PlanNode, Value] = {}
        self._known: dict[PlanNode, Array] = {}
        self._orders = {} if orders is None else orders

    def value(self, node: PlanNode) -> Value:
        """The value of a node."""
        found = self._values.get(node)
        if found is None:
            found = self._values[node] = _COMPUTE[type(node)](self, node)
        return found

    def order(self, roots: tuple[PlanNode, ...]) -> list[PlanNode]:
        """Every node under some roots, parts first."""
        found = self._orders.get(roots)
        if found is None:
            found = self._orders[roots] = in_order(roots)
        return found

    def truth(self, node: PlanNode, axes: tuple[Axis, ...]) -> Array:
        """The truth of a condition, with the dimensions of some axes."""
        return aligned(self.value(node), node.axes, axes)

    def range(self, node: PlanNode, axes: tuple[Axis, ...]) -> Range:
        """The interval of a date or number, with the dimensions of some axes."""
        return range_aligned(self.value(node), node.axes, axes)

    def known(self, node: PlanNode) -> Array:
        """1 where a code is known, 0 where it is not."""
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = (self.value(node) != 0).view(np.int8)
        return found

    def listed(self, listing: Listing) -> ListValue:
        """The value of a list."""
        found: ListValue = self.value(listing)
        return found

    def there(self, axis: Axis, axes: tuple[Axis, ...]) -> Array:
        """Where elements stand along an axis, with the dimensions of some axes."""
        return aligned(self.listed(axis.listing).there, (*axis.listing.axes, axis), axes)

    def complete(self, axis: Axis, axes: tuple[Axis, ...]) -> Array:
        """Whether all elements along an axis are listed, with the dimensions of some axes."""
        return aligned(self.listed(axis.listing).complete, axis.listing.axes, axes)
