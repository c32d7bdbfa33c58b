"""Run: one training as it was logged, with the roles its series play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TypeAlias

from lossdoctor.runs.histograms import HistogramKind, HistogramSeries
from lossdoctor.runs.problems import Problem
from lossdoctor.runs.roles import Role, RoleAssignment
from lossdoctor.runs.series import Series

ConfigValue: TypeAlias = str | int | float | bool | None


def _read_only(config: Mapping[str, ConfigValue]) -> Mapping[str, ConfigValue]:
    return MappingProxyType(dict(config))


@dataclass(frozen=True, slots=True)
class Run:
    """One training as it was logged. Immutable; pickles; equal by content.

    Attributes:
        id: path relative to the scanned root, POSIX; unique within one scan.
        path: the file or folder it was read from, absolute, as text.
        name: what a user calls it: the folder's name, or the run's name inside a shared file.
        format: name of the importer that read it (`tensorboard`, `csv`, ...).
        series: every scalar series, in the order of first appearance.
        roles: which series means what, and why.
        config: hyper-parameters under the names the trainer used, flattened with dots.
        step_unit: what a step counts: "step", "epoch" or "iteration".
        problems: what was wrong with this run's input.
        size_bytes: size of the files it was read from, together.
        histograms: gradients, weights and activations by layer, in the order of first appearance, which is the
            network's order wherever a trainer walks through its layers.
    """

    id: str
    path: str
    name: str
    format: str
    series: tuple[Series, ...]
    roles: tuple[RoleAssignment, ...] = ()
    config: Mapping[str, ConfigValue] = field(default_factory=dict)
    step_unit: str = "step"
    problems: tuple[Problem, ...] = ()
    size_bytes: int = 0
    histograms: tuple[HistogramSeries, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "config", _read_only(self.config))

    def __reduce__(self) -> tuple[type[Run], tuple[object, ...]]:
        # A mappingproxy does not pickle. Not __getstate__: up to Python 3.11.3 a frozen dataclass with slots replaces the
        # class's own by a generated one (python/cpython#104035), seen on Debian 12's 3.11.2.
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return Run, tuple({**values, "config": dict(self.config)}.values())

    def get(self, tag: str) -> Series | None:
        """The series with this tag, or None."""
        return next((series for series in self.series if series.tag == tag), None)

    def primary(self, role: Role) -> Series | None:
        """The series this run is judged by in `role`, or None when nothing plays it."""
        tag = next((r.tag for r in self.roles if r.role is role and r.primary), None)
        return None if tag is None else self.get(tag)

    def in_role(self, role: Role) -> tuple[Series, ...]:
        """Every series in `role`, the primary one first."""
        tags = [r.tag for r in sorted(self.roles, key=lambda r: not r.primary) if r.role is role]
        return tuple(series for tag in tags if (series := self.get(tag)) is not None)

    def role_of(self, tag: str) -> Role:
        """The role of one tag; `Role.OTHER` when none was assigned."""
        return next((r.role for r in self.roles if r.tag == tag), Role.OTHER)

    def layers(self, kind: HistogramKind) -> tuple[HistogramSeries, ...]:
        """The histograms of one kind, in layer order; empty when none were logged."""
        return tuple(item for item in self.histograms if item.kind is kind)

    @property
    def points(self) -> int:
        """Number of logged points over all series."""
        return sum(len(series) for series in self.series)
