"""A page whose shell is public because it holds nothing: its script fetches everything with the reader's own token."""

from __future__ import annotations

from importlib.resources.abc import Traversable

from fastapi import Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}


class StaticPage:
    """Three files of one name in a folder: .html, .js and .css; nothing of anybody else, nothing inline."""

    def __init__(self, folder: Traversable, name: str) -> None:
        self._folder = folder
        self._name = name

    def html(self) -> Response:
        """The shell."""
        return self._file("html", "text/html; charset=utf-8")

    def script(self) -> Response:
        """Its script."""
        return self._file("js", "text/javascript; charset=utf-8")

    def style(self) -> Response:
        """Its style."""
        return self._file("css", "text/css; charset=utf-8")

    def _file(self, kind: str, media_type: str) -> Response:
        content = (self._folder / f"{self._name}.{kind}").read_bytes()
        return Response(content, media_type=media_type, headers=HEADERS)
