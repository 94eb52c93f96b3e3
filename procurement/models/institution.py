"""기관: the institution that owns everything else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Identified, UtcDateTime, now


class Institution(Identified, Base):
    """An institution, its kind, and the contract law that it follows.

    ``search_result_limit``: a final run with more results asks for a reason (S-5).
    ``own_route_days``, ``central_route_days``: days a route of ④ takes as a rule, if the institution says so.
    ``is_sample``: made for trying out; production refuses to start with it.
    """

    __tablename__ = "institution"
    __table_args__ = (
        CheckConstraint("kind in ('national','local','public_corporation','other_public')", name="kind"),
        CheckConstraint("contract_law in ('national','local','public_body','own_rules')", name="law"),
        CheckConstraint("search_result_limit > 0", name="limit"),
        CheckConstraint("own_route_days > 0", name="own_route_days"),
        CheckConstraint("central_route_days > 0", name="central_route_days"),
    )

    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    contract_law: Mapped[str] = mapped_column(String(32))
    search_result_limit: Mapped[int] = mapped_column(Integer, default=30)
    own_route_days: Mapped[int | None] = mapped_column(Integer)
    central_route_days: Mapped[int | None] = mapped_column(Integer)
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
