"""Builds the page of the returnee's own card: neutral in its title, without scripts, in both directions of writing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from typing import Any

from services.returns.api.page_texts import page_texts, spoken
from services.returns.domain.promises import News, Promise
from services.returns.queries.card import Shown
from shared.money import Money

NAME, HOME = "card", "/returns/card"
STYLE = (
    "body{font:18px/1.6 sans-serif;max-width:38rem;margin:0 auto;padding:1rem}"
    "a.leave{display:block;padding:.8rem;background:#222;color:#fff;text-align:center;text-decoration:none}"
    "input,select,textarea,button{font:inherit;padding:.5rem;margin:.3rem 0;max-width:100%}textarea{width:100%}"
    "section{border-top:1px solid #aaa;padding:.6rem 0}"
    ".late{font-weight:bold;border-inline-start:4px solid;padding:0 .5rem}"
    "[type=checkbox]{margin-inline-end:.5rem}code{font-size:1.2em}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Nothing is fetched, nothing runs, nobody frames it; one style sheet inside the page, known by its hash."""
Texts = Mapping[str, Any]


def texts_in(language: str) -> Texts:
    """The texts in this language, or in English; `language` names which."""
    name = spoken(NAME, language)
    return {**page_texts(NAME)[name], "language_code": name}


def entrance(language: str, *, leave_to: str, unknown: bool = False) -> str:
    """Where a code is typed; the code goes in the body of a form, never into an address."""
    texts = texts_in(language)
    names = "".join(_choice(name, own, chosen=texts["language_code"]) for name, own in page_texts(NAME).items())
    message = f'<p role="alert">{escape(texts["unknown"])}</p>' if unknown else ""
    form = (
        f'{message}<form method="post" action="{HOME}" autocomplete="off"><p><label>{escape(texts["code"])}<br>'
        f'<input name="code" required maxlength="60" autocomplete="off" autocapitalize="characters" spellcheck="false" '
        f'dir="ltr"></label></p><p><label>{escape(texts["language"])}<br><select name="language">{names}</select>'
        f"</label></p><button>{escape(texts['open'])}</button></form>"
    )
    return _page(texts, form, leave_to=leave_to)


def _choice(code: str, own: Texts, *, chosen: str) -> str:
    """A language under the name it has in itself: whoever looks for theirs reads no other."""
    picked = " selected" if code == chosen else ""
    return f'<option value="{code}" lang="{code}" dir="{own["dir"]}"{picked}>{escape(own["own_name"])}</option>'


def card(shown: Shown, *, code: str, leave_to: str) -> str:
    """What a code shows. The second code shows what anybody may know, in the same shape of page."""
    texts = texts_in(shown.language)
    if shown.promises is None:
        return _page(texts, f"<p>{escape(texts['general'])}</p>", leave_to=leave_to)
    parts = [f"<p>{escape(texts['stage'][shown.stage])}</p>", f"<h2>{escape(texts['promised'])}</h2>"]
    parts[1:1] = [_news(texts, one) for one in shown.news]
    parts += [_promise(texts, promise) for promise in shown.promises] or [f"<p>{escape(texts['none'])}</p>"]
    parts.append(_complaint(texts, code))
    if shown.withdrawal_asked:
        parts.append(f"<section><p>{escape(texts['stopped'])}</p></section>")
    elif shown.may_withdraw:
        parts.append(_withdrawal(texts, code))
    return _page(texts, "".join(parts), leave_to=leave_to)


def message(language: str, name: str, *, leave_to: str, after: str = "") -> str:
    """One sentence, and what follows it."""
    texts = texts_in(language)
    return _page(texts, f"<p>{escape(texts[name])}</p>{after}", leave_to=leave_to)


def receipt(language: str, code: str, answer_by: str, *, leave_to: str) -> str:
    """The receipt of a complaint."""
    promised = f"<p>{escape(texts_in(language)['answer_by'])} <bdi>{escape(answer_by)}</bdi>.</p>"
    shown = f'<p><code dir="ltr">{escape(code)}</code></p>{promised}'
    return message(language, "received", leave_to=leave_to, after=shown)


def _page(texts: Texts, body: str, *, leave_to: str) -> str:
    title = escape(texts["title"])
    return (
        f'<!doctype html><html lang="{texts["language_code"]}" dir="{texts["dir"]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>"
        f'<a class="leave" rel="noreferrer" href="{escape(leave_to)}">{escape(texts["leave"])}</a>'
        f"<h1>{title}</h1>{body}</body></html>"
    )


def _news(texts: Texts, one: News) -> str:
    day = f"{escape(texts['due'])}: <bdi>{one.until.isoformat()}</bdi>"
    late = f'<p class="late">{escape(texts["late"])}</p>' if one.late else ""
    return f"<section><p>{escape(texts['news'][one.code])} {day}</p>{late}</section>"


def _promise(texts: Texts, promise: Promise) -> str:
    facts = [
        (texts["amount"], Money(promise.amount_minor, promise.currency).text),
        (texts["by"], texts["who"][promise.by]),
        (texts["due"], promise.due_on.isoformat() if promise.due_on else texts["later"]),
        (texts["paid"], Money(promise.paid_minor, promise.currency).text),
    ]
    lines = "".join(f"<li>{escape(name)}: <bdi>{escape(value)}</bdi></li>" for name, value in facts)
    late = f'<p class="late">{escape(texts["late"])}</p>' if promise.late else ""
    heading = escape(texts["phases"].get(promise.phase, promise.phase))
    return f"<section><h3>{heading}</h3><ul>{lines}</ul>{late}</section>"


def _complaint(texts: Texts, code: str) -> str:
    return (
        f"<section><h2>{escape(texts['complain'])}</h2><p>{escape(texts['complain_text'])}</p>"
        f'<form method="post" action="{HOME}/complaint" autocomplete="off">{_hidden(code)}<p><label>'
        f'{escape(texts["account"])}<textarea name="account" rows="5" maxlength="8000" required></textarea></label></p>'
        f'<p><label><input type="checkbox" name="conduct" value="yes">{escape(texts["conduct"])}</label></p>'
        f"<button>{escape(texts['send'])}</button></form></section>"
    )


def _withdrawal(texts: Texts, code: str) -> str:
    return (
        f"<section><h2>{escape(texts['withdraw'])}</h2><p>{escape(texts['withdraw_text'])}</p>"
        f'<form method="post" action="{HOME}/withdrawal" autocomplete="off">{_hidden(code)}'
        f"<button>{escape(texts['confirm'])}</button></form></section>"
    )


def _hidden(code: str) -> str:
    return f'<input type="hidden" name="code" value="{escape(code)}">'
