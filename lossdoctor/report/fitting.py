"""Makes the blocks of a run fit on a page, or on two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from lossdoctor.report.blocks import (
    Block,
    Bullets,
    CauseList,
    Checklist,
    Columns,
    Figure,
    FindingList,
    InlineFacts,
    MayBreak,
)  # fmt: skip
from lossdoctor.report.drawing import heights
from lossdoctor.report.flowables import BELOW_FIGURE, set_block
from lossdoctor.report.setting import Flow


@dataclass(frozen=True, slots=True)
class Fitted:
    """The flowables of one page, and the scale at which they fit (1 unless nothing was left to cut)."""

    flow: Flow
    scale: float


class Flows:
    """The flowables of blocks and their heights; each block is set once, however often it is asked for."""

    def __init__(self, width: float) -> None:
        self._width = width
        # The block is kept as well, so that its id is not given to another one.
        self._set: dict[int, tuple[Block, Flow, float]] = {}

    def height(self, block: Block) -> float:
        """Of everything but figures, which only count with the space below them."""
        if isinstance(block, Figure):
            return BELOW_FIGURE
        return self._text(block)[2]

    def of(self, block: Block, figure_height: float) -> Flow:
        """The flowables; a figure takes as much of `figure_height` as it may have."""
        if isinstance(block, Figure):
            least, _, most = heights(block.spec)
            return set_block(block, self._width, min(max(figure_height, least), most))
        return self._text(block)[1]

    def _text(self, block: Block) -> tuple[Block, Flow, float]:
        if id(block) not in self._set:
            flow = set_block(block, self._width)
            height = sum(float(flowable.wrap(self._width, 1e6)[1]) for flowable in flow)
            self._set[id(block)] = block, flow, height
        return self._set[id(block)]


def one_sheet_holds(blocks: Sequence[Block], flows: Flows, height: float) -> bool:
    """True when everything fits on one sheet, uncut, with figures a little lower than they should be at most."""
    taken = sum(sum(heights(block.spec)[:2]) / 2 for block in blocks if isinstance(block, Figure))
    # From the end: causes and checks are the longest, and often enough to know.
    for block in reversed(blocks):
        taken += flows.height(block)
        if taken > height:
            return False
    return True


def parts(blocks: Sequence[Block]) -> list[tuple[Block, ...]]:
    """The blocks of a page cut at each `MayBreak`."""
    found: list[list[Block]] = [[]]
    for block in blocks:
        if isinstance(block, MayBreak):
            found.append([])
        else:
            found[-1].append(block)
    return [tuple(part) for part in found if part]


def fit(blocks: tuple[Block, ...], flows: Flows, height: float) -> Fitted:
    """The flowables of one sheet of this height.

    Figures take the room that the text leaves, between their least and greatest height. Where even the least is too
    much, causes and checks first lose their secondary lines, then lists their last items, the longest list first.
    """
    while True:
        figures = [heights(block.spec) for block in blocks if isinstance(block, Figure)]
        text = sum(flows.height(block) for block in blocks)
        least = sum(limits[0] for limits in figures)
        if text + least <= height or (shorter := _shortened(blocks)) is None:
            break
        blocks = shorter
    share = (height - text) / len(figures) if figures else 0.0
    flow = [flowable for block in blocks for flowable in flows.of(block, share)]
    return Fitted(flow, min(1.0, height / max(text + least, 1.0)))


def _shortened(blocks: tuple[Block, ...]) -> tuple[Block, ...] | None:
    """The blocks a little shorter: without secondary lines, else one item less; None when every list is down to one."""
    for path, found in _lists(blocks):
        if isinstance(found, Checklist | CauseList) and found != (bare := _bare(found)):
            return _replaced(blocks, path, bare)
    lists = [(path, found) for path, found in _lists(blocks) if len(found.items) > 1]
    if not lists:
        return None
    path, longest = max(lists, key=lambda pair: len(pair[1].items) * _SPARE.get(type(pair[1]), 1.0))
    return _replaced(blocks, path, replace(longest, items=longest.items[:-1], omitted=longest.omitted + 1))


def _bare(found: Checklist | CauseList) -> Checklist | CauseList:
    if isinstance(found, Checklist):
        return replace(found, items=tuple(replace(item, then="") for item in found.items))
    return replace(found, items=tuple(replace(item, missing=()) for item in found.items))


# How readily a list gives up an item: unlikely causes first, findings last.
_SPARE = {CauseList: 1.3, Checklist: 1.2, Bullets: 1.1, FindingList: 0.6, InlineFacts: 0.3}
_Path: TypeAlias = tuple[tuple[str, int], ...]


def _lists(blocks: tuple[Block, ...], path: _Path = (), side: str = "") -> Iterable[tuple[_Path, Any]]:
    for index, block in enumerate(blocks):
        here = (*path, (side, index))
        if isinstance(block, Columns):
            yield from _lists(block.left, here, "left")
            yield from _lists(block.right, here, "right")
        elif isinstance(block, FindingList | CauseList | Checklist | Bullets | InlineFacts):
            yield here, block


def _replaced(blocks: tuple[Block, ...], path: _Path, new: Block) -> tuple[Block, ...]:
    (_, index), rest = path[0], path[1:]
    old = blocks[index]
    if rest and isinstance(old, Columns):
        side = rest[0][0]
        stack = _replaced(old.left if side == "left" else old.right, rest, new)
        new = replace(old, left=stack) if side == "left" else replace(old, right=stack)
    return (*blocks[:index], new, *blocks[index + 1 :])
