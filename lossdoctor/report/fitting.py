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
from lossdoctor.report.flowables import set_block
from lossdoctor.report.setting import Flow


@dataclass(frozen=True, slots=True)
class Fitted:
    """The flowables of one page, and the scale at which they fit (1 unless nothing was left to cut)."""

    flow: Flow
    scale: float


def sheets(blocks: Sequence[Block], width: float, height: float) -> list[tuple[Block, ...]]:
    """The blocks of a page on one sheet where they fit with figures of preferred height, else cut at each `MayBreak`."""
    if MayBreak() not in blocks or _wanted(blocks, width) <= height:
        return [tuple(blocks)]
    parts: list[list[Block]] = [[]]
    for block in blocks:
        if isinstance(block, MayBreak):
            parts.append([])
        else:
            parts[-1].append(block)
    return [tuple(part) for part in parts if part]


def fit(blocks: tuple[Block, ...], width: float, height: float) -> Fitted:
    """The flowables of one sheet.

    Figures take the room that the text leaves, between their least and greatest height. Where even the least is too
    much, causes and checks first lose their secondary lines, then lists their last items, the longest list first.
    """
    while True:
        figures = [heights(block.spec) for block in blocks if isinstance(block, Figure)]
        text = _text_height(blocks, width)
        least = sum(limits[0] for limits in figures)
        if text + least <= height or (shorter := _shortened(blocks)) is None:
            break
        blocks = shorter
    share = (height - text) / len(figures) if figures else 0.0
    flow = [
        flowable
        for block in blocks
        for flowable in set_block(
            block,
            width,
            min(max(share, heights(block.spec)[0]), heights(block.spec)[2]) if isinstance(block, Figure) else None,
        )
    ]
    return Fitted(flow, min(1.0, height / max(text + least, 1.0)))


def _wanted(blocks: Sequence[Block], width: float) -> float:
    """Height of everything, uncut, with figures as high as they should be."""
    return _text_height(blocks, width) + sum(heights(b.spec)[1] for b in blocks if isinstance(b, Figure))


def _text_height(blocks: Sequence[Block], width: float) -> float:
    """Height of all but the figures themselves; a figure has 4 points of space below it."""
    others = [block for block in blocks if not isinstance(block, Figure)]
    return _height(others, width) + 4.0 * (len(blocks) - len(others))


def _height(blocks: Iterable[Block], width: float) -> float:
    return sum(float(f.wrap(width, 1e6)[1]) for block in blocks for f in set_block(block, width))


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
