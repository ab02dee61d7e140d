"""Small PDFs whose text layer holds any letter, and the same locked."""

import io


def make_pdf(pages, damaged=()):
    """Return the bytes of a PDF with a text on each page, line by line; None makes an empty page.

    damaged: pages, counted from 0, whose contents can't be read.
    """
    letters = sorted({letter for text in pages if text for letter in text if letter != "\n"})
    codes = {letter: place for place, letter in enumerate(letters, start=1)}
    table = "\n".join(f"<{code:04x}> <{_utf16(letter)}>" for letter, code in codes.items())
    cmap = f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{len(codes)} beginbfchar\n{table}\nendbfchar"
    kids = " ".join(f"{6 + 2 * place} 0 R" for place in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H"
        " /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /DW 500 /CIDSystemInfo << /Supplement 0 >> >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
    ]
    for place, text in enumerate(pages):
        lines = (text or "").split("\n")
        shown = " 0 -14 Td ".join(f"<{''.join(f'{codes[letter]:04x}' for letter in line)}> Tj" for line in lines)
        body = f"BT /F1 12 Tf 20 700 Td {shown} ET" if text else ""
        resources = "/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 612 792]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {7 + 2 * place} 0 R >>")
        packed = " /Filter /None" if place in damaged else ""
        objects.append(f"<< /Length {len(body)}{packed} >>\nstream\n{body}\nendstream")
    return _join(objects)


def _utf16(letter):
    return letter.encode("utf-16-be", "surrogatepass").hex()


def _join(objects):
    """Return a PDF file of numbered objects."""
    out, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    tail += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + tail.encode()


def lock_pdf(content, algorithm, password, owner="owner"):
    """Return a PDF encrypted with a password; an empty one leaves it open to readers."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(password, owner, algorithm=algorithm)
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()
