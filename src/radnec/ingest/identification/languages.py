"""How contrast agent is spoken of, language by language: the table languages.tsv.

Columns language, role and words. Words are separated by spaces; `_` joins a phrase, `*` stands for
any ending. Accents and case do not matter. Roles of a language:

- ``agent``: what is given, in the words of consoles and reports;
- ``without``, ``with``: stand before the agent ("ohne KM", "after contrast");
- ``without_after``, ``with_after``: stand after it ("kontrast öncesi", "造影前");
- ``plain``, ``enhanced``: say it alone ("nativ", "postcontrast");
- ``none``, ``given``: the whole answer, as typed into the element for the agent;
- ``doubt``: beside an agent, that it was perhaps not given ("refused", "abgebrochen").

Roles of any language (its name is ``any``):

- ``filler``: between the parts of a phrase (articles, prepositions, what is done with the agent);
- ``conjunction``;
- ``ending``: inflections of the word for contrast, and of its compounds, that deny nothing;
- ``privative``: endings that deny it ("kontrastsız", "kontrastfrei");
- ``event``: after "post" and "pre", an event in the patient's history and no injection;
- ``technical``: after them, something done to the image, or a place in the head;
- ``neutral``: known on consoles and silent about contrast agent. A word that is neither here nor in
  `words.py` may be a statement in a language that nobody listed.
"""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).with_suffix(".tsv")


def read_languages(path: Path = FILE) -> dict[tuple[str, str], str]:
    """Return the words of each language and role, separated by spaces.

    Raises
    ------
    ValueError
        If a line has not three columns, or a language has a role twice.
    """
    found: dict[tuple[str, str], str] = {}
    _, *lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=2):
        columns = line.split("\t")
        if len(columns) != 3 or (columns[0], columns[1]) in found:
            raise ValueError(
                f"{path.name}, line {number}: language, role and words apart by tabs, and each "
                f"role of a language once, expected; found {line!r}"
            )
        language, role, words = columns
        found[language, role] = words
    return found


LANGUAGES = read_languages()


def words_of(role: str) -> str:
    """Return the words of one role in all languages, separated by spaces."""
    return " ".join(words for (_, one), words in LANGUAGES.items() if one == role)
