"""An invitation's link as a picture for a phone's camera: the address in, SVG out."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str) -> SafeString:
    """Black on white with the quiet zone of 4 modules that scanners need, whatever colours the page has."""
    picture = segno.make(address, error="m", micro=False)
    return mark_safe(  # noqa: S308 - segno draws paths; the address itself stands nowhere in them
        picture.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    )
