"""QR codes as inline pictures.

A document asks for one with an address of the scheme `qr`, so that nothing that draws is read before it is
printed.
"""

from __future__ import annotations

import base64
import io
from urllib.parse import unquote

from PIL import Image
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

SCHEME = "qr:"
_QUIET_ZONE = 4
_PIXELS_PER_MODULE = 6


def qr_data_uri(address: str) -> str:
    """The code that `address` asks for as a `data:` address of a PNG; the same text gives the same bytes."""
    text = unquote(address.removeprefix(SCHEME))
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    size = code.getModuleCount()
    side = size + 2 * _QUIET_ZONE
    picture = Image.new("1", (side, side), 1)
    for row in range(size):
        for column in range(size):
            if code.isDark(row, column):
                picture.putpixel((column + _QUIET_ZONE, row + _QUIET_ZONE), 0)
    picture = picture.resize((side * _PIXELS_PER_MODULE, side * _PIXELS_PER_MODULE))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
