"""Sections put together into one file: pages, numbers, links, bookmarks, metadata and attached files."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime

import pikepdf
from pikepdf import pdfa

from procurement.adapters.pdf_overlay import ContentsLink, Stamp
from procurement.adapters.pdf_parts import Attachment, Bookmark, Metadata

# Where a link may lead outside the document. Links to files and scripts are taken out.
_LINK_SCHEMES = ("http://", "https://", "mailto:")
# Flag of an annotation: the archive wants all of them printed.
_PRINTED = 4
_FLATE_ALONE = pikepdf.Array([pikepdf.Name.FlateDecode])
_STAMP = pikepdf.Name("/PageNumber")
# Part 3 takes files of any kind inside; level B is about how pages look.
ARCHIVAL = "3b"
_METADATA_DATE = re.compile(rb"(<xmp:MetadataDate>)[^<]*(</xmp:MetadataDate>)")
_PDF_TIME = "D:%Y%m%d%H%M%S+00'00'"


class Assembly:
    """A document in the making; parts are added in reading order and `finish` gives the file as PDF/A-3b.

    What an archive wants of the document itself is done at the start: the library looks through everything
    there is for it, and the pages were looked at when they were rendered.
    """

    def __init__(self, metadata: Metadata, attachments: Sequence[Attachment] = ()) -> None:
        """Begin a document with the files inside; raise ValueError when two have one name."""
        self._pdf = pikepdf.new()
        self._attach(attachments, metadata.created)
        self._describe(metadata)
        pdfa.prepare(self._pdf, ARCHIVAL)
        # The one time of the file also where the library writes that of the clock.
        stamp = metadata.created.isoformat(timespec="seconds").encode()
        packet = self._pdf.Root.Metadata
        packet.write(_METADATA_DATE.sub(rb"\g<1>" + stamp + rb"\g<2>", packet.read_bytes()))

    def add(self, data: bytes) -> None:
        """Append all pages of a PDF, without what must not go with them.

        Taken out are links that lead to files or scripts, the empty page transitions of the engine, and the
        font that it names on each page without using it.
        """
        # The engine gives each page all that is its own, so that there is nothing to look for above it.
        with pikepdf.open(io.BytesIO(data), inherit_page_attributes=False) as part:
            for page in part.pages:
                clean(page.obj)
            self._pdf.pages.extend(part.pages)

    def stamp(self, stamps: Sequence[Stamp], overlay: bytes) -> None:
        """Write the stamp of each page over it; `overlay` has one page for each form that stamps name."""
        with pikepdf.open(io.BytesIO(overlay)) as forms:
            copies = [self._pdf.copy_foreign(page.as_form_xobject()) for page in forms.pages]
        begin = self._pdf.make_stream(b"q\n")
        for page, stamp in zip(self._pdf.pages, stamps, strict=True):
            # pikepdf's own add_overlay gives each overlay a random name, so no two files would agree.
            form = copies[stamp.form]
            _name(page.obj.Resources, "/XObject", form)
            _name(page.obj.Resources, "/Font", form.Resources.Font[stamp.font])
            name = str(_STAMP).encode()
            end = self._pdf.make_stream(b"\nQ q %s Do Q " % name + stamp.content.replace(b"/font", name))
            old = page.obj.Contents
            inner = old.as_list() if isinstance(old, pikepdf.Array) else [old]
            page.obj.Contents = pikepdf.Array([begin, *inner, end])

    def link(self, links: Sequence[ContentsLink], first_page: int) -> None:
        """Make the areas of the contents, which begins at page `first_page` (from 0), lead to their pages."""
        for link in links:
            page = self._pdf.pages[first_page + link.on_page]
            target = self._pdf.pages[link.target - 1]
            annotation = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Link,
                Rect=pikepdf.Array([round(value, 2) for value in link.rect]),
                Border=pikepdf.Array([0, 0, 0]),
                F=_PRINTED,
                Dest=pikepdf.Array([target.obj, pikepdf.Name.Fit]),
            )
            if "/Annots" not in page.obj:
                page.obj["/Annots"] = pikepdf.Array()
            page.obj.Annots.append(self._pdf.make_indirect(annotation))

    def outline(self, bookmarks: Sequence[Bookmark]) -> None:
        """Write the nested outline and have it shown when the file is opened."""
        with self._pdf.open_outline() as outline:
            above: list[tuple[int, pikepdf.OutlineItem]] = []
            for bookmark in bookmarks:
                item = pikepdf.OutlineItem(bookmark.title, bookmark.page, "Fit")
                while above and above[-1][0] >= bookmark.level:
                    above.pop()
                siblings = above[-1][1].children if above else outline.root
                siblings.append(item)
                above.append((bookmark.level, item))
                item.is_closed = bookmark.level > 1
        self._pdf.Root.PageMode = pikepdf.Name.UseOutlines

    def _attach(self, attachments: Sequence[Attachment], created: datetime) -> None:
        names = [attachment.name for attachment in attachments]
        if len(set(names)) != len(names):
            raise ValueError("첨부 파일의 이름이 겹칩니다. 서로 다른 이름을 주세요.")
        stamp = created.strftime(_PDF_TIME)
        listed = pikepdf.Array()
        for attachment in attachments:
            spec = pikepdf.AttachedFileSpec(
                self._pdf,
                attachment.data,
                filename=attachment.name,
                description=attachment.description,
                mime_type=attachment.media_type,
                creation_date=stamp,
                mod_date=stamp,
            )
            spec.obj.AFRelationship = pikepdf.Name.Source
            self._pdf.attachments[attachment.name] = spec
            listed.append(spec.obj)
        if attachments:
            self._pdf.Root.AF = listed

    def _describe(self, metadata: Metadata) -> None:
        """Write title, author, subject, language and the one time into the file."""
        stamp = metadata.created.isoformat(timespec="seconds")
        self._pdf.Root.Lang = "ko-KR"
        self._pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        with self._pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
            xmp["dc:title"] = metadata.title
            # An empty property is none that an archive takes.
            if metadata.author:
                xmp["dc:creator"] = [metadata.author]
            if metadata.subject:
                xmp["dc:description"] = metadata.subject
            xmp["dc:language"] = ["ko-KR"]
            xmp["xmp:CreateDate"] = xmp["xmp:ModifyDate"] = stamp
        info = self._pdf.docinfo
        info["/Title"], info["/Author"], info["/Subject"] = metadata.title, metadata.author, metadata.subject
        info["/CreationDate"] = info["/ModDate"] = metadata.created.strftime(_PDF_TIME)

    def finish(self) -> bytes:
        """Return the file; the same parts give the same bytes."""
        for stream in self._pdf.objects:
            # A filter in a list of one is taken for one unknown, and the stream compressed once more.
            if isinstance(stream, pikepdf.Stream) and stream.get("/Filter") == _FLATE_ALONE:
                stream.stream_dict.Filter = pikepdf.Name.FlateDecode
        out = io.BytesIO()
        self._pdf.save(out, **pdfa.resolve_save_kwargs(ARCHIVAL, deterministic_id=True))
        self._pdf.close()
        return out.getvalue()


def _name(resources: pikepdf.Object, kind: str, resource: pikepdf.Object) -> None:
    """Make a resource known to a page under the name of the stamp."""
    if kind not in resources:
        resources[kind] = pikepdf.Dictionary()
    resources[kind][str(_STAMP)] = resource


def clean(page: pikepdf.Dictionary) -> None:
    """Take out of a page what must not go with it; see `Assembly.add`."""
    if "/Trans" in page:
        del page["/Trans"]
    if "/Annots" in page:
        kept = [annotation for annotation in page.Annots.as_list() if _allowed(annotation)]
        for annotation in kept:
            annotation.F = _PRINTED
        page["/Annots"] = pikepdf.Array(kept)
    fonts = page.Resources.get("/Font", pikepdf.Dictionary())
    for name in [name for name, font in fonts.items() if font.BaseFont == pikepdf.Name.Helvetica]:
        del fonts[name]


def _allowed(annotation: pikepdf.Object) -> bool:
    if "/Dest" in annotation:
        return True
    address = str(annotation.get("/A", pikepdf.Dictionary()).get("/URI", ""))
    return address.lower().startswith(_LINK_SCHEMES)
