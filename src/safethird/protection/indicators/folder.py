"""A folder of downloaded files, read once: what is in it that an assessment can use, and what is not."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from safethird.errors import BadData, NoInput, Problem
from safethird.protection.indicators.asylum import figures_of, known_layout
from safethird.protection.indicators.data import IndicatorData
from safethird.protection.indicators.figures import DataFile, Figure
from safethird.protection.indicators.membership import Membership
from safethird.protection.indicators.rows import sniff
from safethird.protection.indicators.series import read_series, series_of
from safethird.protection.indicators.treaties import is_status_list, read_status_list, treaty_of
from safethird.tables.read import read_table
from safethird.tables.sources import open_source

_ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")
_MOST_FILES = 500


def load_folder(path: str | Path) -> IndicatorData:
    """Read every file of a folder (and of the folders in it) that an assessment can use.

    Files are recognised by their header, lists of parties to a treaty also by their name. Raises NoInput
    when there is no such folder, BadData when a file that is one of ours is malformed or wrongly dated:
    all files are looked at before anything is said.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise NoInput(
            Problem(
                "There is no such folder", file=str(path), hint="Name the folder with the downloaded files."
            )
        )
    files = sorted(
        entry for entry in folder.rglob("*") if entry.is_file() and entry.name.lower().endswith(_ENDINGS)
    )
    if len(files) > _MOST_FILES:
        raise BadData(
            Problem(
                f"The folder holds more than {_MOST_FILES} tables",
                file=str(path),
                code="too-many-files",
                hint="Name a folder with the downloaded files only.",
            )
        )
    reader = _Reader()
    for file in files:
        reader.take(file)
    return reader.done()


class _Reader:
    def __init__(self) -> None:
        self.figures: dict[str, dict[tuple[str, int], Figure]] = defaultdict(dict)
        self.memberships: list[Membership] = []
        self.files: list[DataFile] = []
        self.unused: list[str] = []
        self.unknown: set[str] = set()
        self.problems: list[Problem] = []

    def take(self, path: Path) -> None:
        header = sniff(path)
        if header is None:
            self.unused.append(str(path))
            return
        try:
            if not self.read(path, header):
                self.unused.append(str(path))
        except BadData as error:
            self.problems.extend(error.problems)

    def read(self, path: Path, header: tuple[str, ...]) -> bool:
        """Read a file if it is one of ours."""
        if is_status_list(header):
            treaty = treaty_of(path.name)
            if treaty is None:
                return False
            members, unknown = read_status_list(open_source(path), treaty)
            self.memberships.extend(members)
            self.files.extend({entry.source: None for entry in members})
            self.unknown.update(unknown)
            return True
        series = series_of(header)
        if series is not None:
            figures, unknown = read_series(open_source(path), series)
            self.unknown.update(unknown)
            self.add(figures)
            return True
        layout = known_layout(header, path.name)
        if layout is None:
            return False
        table = read_table(path, layout=layout.id)
        latest = max(table.months_covered())
        if latest > datetime.date.today():
            self.problems.append(
                Problem(
                    "The file has figures of a time that has not come",
                    file=str(path),
                    expected=f"at the latest {datetime.date.today():%Y-%m}",
                    code="wrong-year",
                )
            )
            return True
        self.add(figures_of(table))
        return True

    def add(self, figures: Sequence[Figure]) -> None:
        for figure in figures:
            known = self.figures[figure.country].setdefault((figure.name, figure.year), figure)
            if known is not figure and (known.value, known.high) != (figure.value, figure.high):
                # Two vintages of one file: neither is known to be the better one.
                self.problems.append(
                    Problem(
                        "Two files give different numbers for "
                        f"{figure.name}, {figure.country}, {figure.year}",
                        file=figure.source.file,
                        expected=f"as in {known.source.file}",
                        code="two-vintages",
                        hint="Keep one of the two files in the folder.",
                    )
                )
                return
        self.files.extend({figure.source: None for figure in figures})

    def done(self) -> IndicatorData:
        if self.problems:
            raise BadData(self.problems)
        return IndicatorData(
            {country: tuple(found.values()) for country, found in sorted(self.figures.items())},
            tuple(self.memberships),
            tuple(self.files),
            tuple(self.unused),
            tuple(sorted(self.unknown)),
        )
