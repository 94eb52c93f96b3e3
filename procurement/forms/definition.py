"""② Form of the requirements definition."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from procurement.domain.facts.definition import (
    DERIVED_QUESTIONS,
    QUESTIONS,
    Answer,
    InformationSource,
    LotRequirements,
    OwnSection,
    PlanFilter,
    PlanTerm,
    ProviderKind,
    RequirementsDefinition,
    ServiceType,
    SourceKind,
    TechnicalConstraint,
)
from procurement.domain.filters import all_options
from procurement.forms.base import (
    DateField,
    Form,
    MoneyField,
    StepForm,
    count_of,
    long_text,
    member,
    options,
    pairs,
    short_text,
    text_of,
)

# Three questions are answered by the sections that every lot must have, so nobody types them twice.
SECTION_OF_QUESTION = {"1-1": "purpose", "2-1": "environment", "2-2": "functions"}
TYPED_QUESTIONS = tuple(
    question
    for question in QUESTIONS
    if question.number not in DERIVED_QUESTIONS and question.number not in SECTION_OF_QUESTION
)
CLAUSES = pairs(((q.number, f"{q.number} {q.text}") for q in QUESTIONS), empty="근거 항목을 고르세요")
FILTERS = pairs(
    ((f"{name}|{option}", f"{name}: {option}") for name, option in all_options()), empty="필터를 고르세요"
)
CENTRAL = pairs([("yes", "예"), ("no", "아니요")])


def answer_name(number: str) -> str:
    """Field name of a check question: ``"6-1"`` → ``"q6_1"``."""
    return "q" + number.replace("-", "_")


class TermForm(Form):
    """A search word with the clause it comes from."""

    word = StringField("검색어", [short_text])
    clause = SelectField("근거 항목", choices=CLAUSES, validate_choice=False)


class FilterForm(Form):
    """A filter with the clause it comes from."""

    choice = SelectField("필터", choices=FILTERS, validate_choice=False)
    clause = SelectField("근거 항목", choices=CLAUSES, validate_choice=False)


class ConstraintForm(Form):
    """A named technology that must be required."""

    word = StringField("기술 이름", [short_text])
    reason = StringField("반드시 필요한 까닭", [short_text])


class OwnSectionForm(Form):
    """A section of the institution's own."""

    title = StringField("항목 이름", [short_text])
    text = TextAreaField("내용", [long_text])


class SourceForm(Form):
    """A source of information."""

    kind = SelectField("출처", choices=options(SourceKind), default=SourceKind.CATALOGUE.value)
    content = TextAreaField("무엇을 참고했는지", [long_text])
    occurred_on = DateField("상담한 날")
    person = StringField("상담한 상대", [short_text])


class _LotBase(Form):
    lot = HiddenField("번호")
    title = StringField("이름", [short_text])
    purpose = TextAreaField("이용목적", [long_text])
    environment = TextAreaField("이용환경", [long_text])
    functions = TextAreaField("기능 요건", [long_text])
    budget_won = MoneyField("이용예산")
    service_type = SelectField(
        "서비스 유형", choices=options(ServiceType, empty="고르세요"), validate_choice=False
    )
    provider_kind = RadioField("제공자 유형", choices=options(ProviderKind), default=ProviderKind.ANY.value)
    provider_reason = StringField("특정해야 하는 까닭", [short_text])
    own_sections = FieldList(FormField(OwnSectionForm), "기관이 더하는 항목", min_entries=0)
    terms = FieldList(FormField(TermForm), "검색어", min_entries=1)
    filters = FieldList(FormField(FilterForm), "검색 필터", min_entries=0)
    constraints = FieldList(FormField(ConstraintForm), "특정 기술의 요구", min_entries=0)


def _lot_form() -> type[Form]:
    fields: dict[str, Any] = {}
    for question in TYPED_QUESTIONS:
        name = answer_name(question.number)
        fields[name] = TextAreaField(f"{question.number} {question.text}", [long_text])
        fields[f"{name}_na"] = BooleanField("해당 없음(까닭을 위에 적습니다)")
    return type("LotForm", (_LotBase,), fields)


LotForm = _lot_form()


class DefinitionForm(StepForm):
    """The requirements definition: one lot for most cases, several for a joint contract."""

    lots = FieldList(FormField(LotForm), "수요 항목", min_entries=1)
    sources = FieldList(FormField(SourceForm), "참고한 자료", min_entries=1)
    central_intended = RadioField(
        "디지털서비스몰(중앙조달)로 계약할 생각입니까?", choices=CENTRAL, validate_choice=False
    )

    @classmethod
    def initial(cls, document: RequirementsDefinition | None) -> dict[str, Any]:
        """Form data of a definition."""
        text = document or RequirementsDefinition(lots=(LotRequirements(lot=1),))
        return {
            "lots": [_lot_data(lot) for lot in text.lots],
            "sources": [vars(source) for source in text.sources],
            "central_intended": {None: None, True: "yes", False: "no"}[text.central_intended],
        }

    def to_document(self) -> RequirementsDefinition:
        """The definition; empty rows are left out, lots keep their numbers."""
        forms: list[Any] = [entry.form for entry in self.lots]
        taken = {number for form in forms if (number := count_of(form.lot.data))}
        lots = []
        for form in forms:
            number = count_of(form.lot.data) or max(taken, default=0) + 1
            taken.add(number)
            lots.append(_lot(form, number))
        return RequirementsDefinition(
            lots=tuple(lots),
            sources=tuple(_source(e.form) for e in self.sources if text_of(e.form.content)),
            central_intended={"yes": True, "no": False}.get(self.central_intended.data or ""),
        )


def _lot_data(lot: LotRequirements) -> dict[str, Any]:
    data: dict[str, Any] = dict(vars(lot))
    data["service_type"] = lot.service_type or ""
    data["own_sections"] = [vars(section) for section in lot.own_sections]
    data["terms"] = [vars(term) for term in lot.terms]
    data["filters"] = [{"choice": f"{f.filter}|{f.option}", "clause": f.clause} for f in lot.filters]
    data["constraints"] = [vars(constraint) for constraint in lot.constraints]
    for answer in lot.answers:
        name = answer_name(answer.question)
        data[name], data[f"{name}_na"] = answer.text, answer.not_applicable
    return data


def _lot(form: Any, number: int) -> LotRequirements:
    return LotRequirements(
        lot=number,
        title=text_of(form.title),
        purpose=text_of(form.purpose),
        environment=text_of(form.environment),
        functions=text_of(form.functions),
        budget_won=form.budget_won.data,
        service_type=member(ServiceType, form.service_type.data),
        provider_kind=member(ProviderKind, form.provider_kind.data) or ProviderKind.ANY,
        provider_reason=text_of(form.provider_reason),
        answers=tuple(_answers(form)),
        own_sections=tuple(
            OwnSection(text_of(e.form.title), text_of(e.form.text))
            for e in form.own_sections
            if text_of(e.form.title) or text_of(e.form.text)
        ),
        terms=tuple(
            PlanTerm(text_of(e.form.word), e.form.clause.data or "")
            for e in form.terms
            if text_of(e.form.word)
        ),
        filters=tuple(_filters(form)),
        constraints=tuple(
            TechnicalConstraint(text_of(e.form.word), text_of(e.form.reason))
            for e in form.constraints
            if text_of(e.form.word)
        ),
    )


def _answers(form: Any) -> list[Answer]:
    found = [Answer(number, text_of(form[section])) for number, section in SECTION_OF_QUESTION.items()]
    for question in TYPED_QUESTIONS:
        name = answer_name(question.number)
        found.append(Answer(question.number, text_of(form[name]), bool(form[f"{name}_na"].data)))
    return [answer for answer in found if answer.text or answer.not_applicable]


def _filters(form: Any) -> list[PlanFilter]:
    found = []
    for entry in form.filters:
        name, _, option = (entry.form.choice.data or "").partition("|")
        if name:
            found.append(PlanFilter(name, option, entry.form.clause.data or ""))
    return found


def _source(form: Any) -> InformationSource:
    return InformationSource(
        kind=member(SourceKind, form.kind.data) or SourceKind.OTHER,
        content=text_of(form.content),
        occurred_on=form.occurred_on.data,
        person=text_of(form.person),
    )
