"""Steps ⑤ to ⑨ of the good case; see ``builders.py``."""

import hashlib
from datetime import UTC, date, datetime

from procurement.domain.facts import (
    ContractFacts,
    ContractTerms,
    EndingFacts,
    EndingPlan,
    MonitoringFacts,
    RegistrationFacts,
    SelectionFacts,
)
from procurement.domain.facts.contract import (
    DEFAULT_PRECEDENCE,
    Approval,
    ApprovalDecision,
    Clause,
    ClauseKind,
    CompensationTier,
    Conclusion,
    CounterpartCheck,
    Direction,
    Duty,
    DutyTiming,
    FaultTerms,
    Negotiation,
    SecretKind,
    SelectedCheck,
    SlaAnnex,
    SlaIndicator,
)
from procurement.domain.facts.ending import (
    END_NOTICE_ITEMS,
    ChecklistItem,
    ChecklistMark,
    DataHandling,
    EndingKind,
    EndNotice,
    ExpiryOutcome,
    NoticeChannel,
    PromiseMark,
)
from procurement.domain.facts.monitoring import (
    ChangeRecord,
    DutyConfirmation,
    Fault,
    FaultGrade,
    MonthlyFigure,
    NoticeKind,
    ProviderNotice,
    WatchKind,
    WatchRecord,
)
from procurement.domain.facts.registration import Registration, RegistrationKind
from procurement.domain.facts.selection import (
    Aspect,
    Averaging,
    CriteriaSet,
    Criterion,
    Decision,
    DecisionKind,
    EvaluationTable,
    Evaluator,
    Material,
    OutcomeKind,
    ProviderQuestion,
    Quote,
    QuoteOpening,
    QuoteRequest,
    RankedService,
    Score,
    ScoreSheet,
    ServiceOutcome,
)

MONTHS = tuple(f"2023-{month:02d}" for month in range(3, 13))


def at(month: int, day: int, hour: int = 1, year: int = 2023) -> datetime:
    """A moment in UTC; 01:00 UTC is 10:00 in Seoul."""
    return datetime(year, month, day, hour, tzinfo=UTC)


def digest_of(text: str) -> str:
    """A digest that stands for the bytes of a file."""
    return hashlib.sha256(text.encode()).hexdigest()


def good_criteria() -> CriteriaSet:
    """Four criteria that consider all that the guideline names, 100 points together."""
    return CriteriaSet(
        set_id="set-1",
        lot=1,
        number=1,
        run_id="run-2",
        averaging=Averaging.MEAN,
        minimum_hundredths=6_000,
        tie_break=("technical", "cost"),
        criteria=(
            Criterion("c-1", "cost", "전체 소요비용", Aspect.COST, 30, "3-1", "낮을수록 높은 점수"),
            Criterion("c-2", "technical", "기능 적합성", Aspect.TECHNICAL, 30, "2-2", "요건을 채운 정도"),
            Criterion("c-3", "support", "고객지원체계", Aspect.SUPPORT, 20, "8-1", "현장지원의 정도"),
            Criterion("c-4", "stability", "성능과 안정성", Aspect.STABILITY, 20, "7-1", "가용률의 수준"),
        ),
        recorded_at=at(2, 16),
    )


def good_sheet(evaluator_id: str) -> ScoreSheet:
    """A sheet that scores results 1 and 2 on every criterion: 90.00 and 81.00 points."""
    points = {"result-1": (2_700, 2_700, 1_800, 1_800), "result-2": (2_400, 2_500, 1_600, 1_600)}
    return ScoreSheet(
        "set-1",
        evaluator_id,
        at(2, 28),
        tuple(
            Score(f"c-{number}", result_id, given, "정의서의 요건과 견주었습니다.")
            for result_id, row in points.items()
            for number, given in enumerate(row, start=1)
        ),
    )


def good_selection() -> SelectionFacts:
    """Two services scored, one without quote, the first one selected."""
    everyone = ("result-1", "result-2", "result-3")
    return SelectionFacts(
        criteria=(good_criteria(),),
        requests=(QuoteRequest(1, "run-2", everyone, date(2023, 2, 24), "정의서를 붙여 견적을 요청함"),),
        quotes=(
            Quote(
                1, "result-1", 12_650_000, True, date(2023, 2, 24), date(2023, 4, 30), evidence_id="quote 1"
            ),
            Quote(
                1, "result-2", 12_600_000, True, date(2023, 2, 24), date(2023, 4, 30), evidence_id="quote 2"
            ),
        ),
        openings=(QuoteOpening(1, at(2, 27)),),
        questions=(
            ProviderQuestion(
                1,
                everyone,
                "현장지원이 30분 안에 됩니까?",
                date(2023, 2, 20),
                "전자우편",
                "됩니다.",
                date(2023, 2, 21),
            ),
        ),
        materials=(
            Material(1, "SLA", "result-1", "material"),
            Material(1, "SLA", "result-2", "material"),
        ),
        evaluators=tuple(
            Evaluator(
                f"evaluator-{n}", f"표본 평가위원 {n}", at(2, 20), at(2, 21), False, "이해관계가 없습니다."
            )
            for n in (1, 2)
        ),
        sheets=(good_sheet("evaluator-1"), good_sheet("evaluator-2")),
        outcomes=(
            ServiceOutcome(1, "result-1", OutcomeKind.SCORED),
            ServiceOutcome(1, "result-2", OutcomeKind.SCORED),
            ServiceOutcome(1, "result-3", OutcomeKind.NO_QUOTE, reason="기한까지 견적이 오지 않음"),
        ),
        tables=(
            EvaluationTable(
                1,
                (RankedService("result-1", 9_000, 1, True), RankedService("result-2", 8_100, 2, True)),
            ),
        ),
        decisions=(Decision(1, DecisionKind.AWARD, "result-1", "set-1", at(3, 2), "평가 1위"),),
    )


def good_sla() -> SlaAnnex:
    """All seven parts, with indicators of the quality criteria and a formula for compensation."""
    return SlaAnnex(
        target="표본 클라우드 1호",
        scope="서버 8종과 기술지원 4종",
        period="계약일부터 2023. 12. 31.까지",
        indicators=(
            SlaIndicator(
                "availability", "가용률", "%", 99_500, Direction.AT_LEAST, "월 가동시간 ÷ 월 총시간"
            ),
            SlaIndicator(
                "recovery", "서비스 회복시간", "시간", 12_000, Direction.AT_MOST, "도착 후 복구까지"
            ),
            SlaIndicator("backup", "백업 준수율", "%", 99_000, Direction.AT_LEAST, "정상 백업 ÷ 계획한 백업"),
        ),
        grades="우수 99.9 % 이상, 보통 99.5 % 이상, 미흡 99.5 % 미만",
        method="제공자가 매월 5일까지 지난달 수치를 내고 사업담당자가 확인합니다.",
        handling="미흡하면 개선을 요구하고, 다시 미흡하면 위약금을 정산합니다.",
        compensation=(CompensationTier("availability", 99_500, 10),),
        monthly_fee_won=1_265_000,
    )


def good_duties() -> tuple[Duty, ...]:
    """Duties of the provider, one of each timing."""
    officer = "표본 사업담당자"
    return (
        Duty(
            "site_representative",
            "현장대리인 선임",
            DutyTiming.AFTER_CONCLUSION,
            7,
            confirmed_by=officer,
            proof="제출 문서",
        ),
        Duty(
            "pledges",
            "보안서약서 제출",
            DutyTiming.AFTER_CONCLUSION,
            7,
            confirmed_by=officer,
            proof="제출 문서",
        ),
        Duty(
            "plan",
            "유지보수 수행계획서 제출",
            DutyTiming.AFTER_CONCLUSION,
            14,
            confirmed_by=officer,
            proof="제출 문서",
        ),
        Duty(
            "report",
            "월간 점검과 보고",
            DutyTiming.MONTHLY,
            confirmed_by="표본 운용부서 책임자",
            proof="월간 보고서",
        ),
        Duty(
            "architecture",
            "인프라 아키텍처 승인",
            DutyTiming.ON_DATE,
            due_on=date(2023, 4, 28),
            confirmed_by=officer,
            proof="승인 문서",
        ),
        Duty("extra_staff", "인력 추가 투입", DutyTiming.ON_DEMAND, confirmed_by=officer, proof="제출 문서"),
        Duty(
            "cloud_cost",
            "클라우드 이용 비용 부담",
            DutyTiming.AT_END,
            confirmed_by=officer,
            proof="제출 문서",
        ),
    )


def good_terms() -> ContractTerms:
    """Terms within the budget, the year and the route of the good case."""
    return ContractTerms(
        title="표본 메타버스 플랫폼 클라우드 구축 및 유지보수",
        service_names=("표본 클라우드 1호",),
        provider_name="표본 제공자 1",
        amount_won=12_650_000,
        vat_included=True,
        start=date(2023, 3, 13),
        end=date(2023, 12, 31),
        conditions="매월 이용료를 정산하고, 서비스수준 부속서를 계약서의 일부로 합니다.",
        security_percent=10,
        delay_rate_millionths=1_300,
        sla=good_sla(),
        clauses=tuple(Clause(kind, f"{kind.label}에 관한 조항입니다.") for kind in ClauseKind),
        precedence=DEFAULT_PRECEDENCE,
        secrets=tuple(SecretKind),
        leak_sanctions="1회 1개월, 2회 이상 3개월 입찰 참가자격 제한",
        duties=good_duties(),
        fault_terms=FaultTerms(6, 12, (("Critical", 12), ("Major", 24), ("Minor", 48)), 60),
        end_promises=("이용정보 반환", "이용정보 파기 확인서 제출"),
        counterpart_check=CounterpartCheck(date(2023, 3, 13), "나라장터 부정당업자 조회 화면", False),
        selected_check=SelectedCheck(
            date(2023, 3, 13), True, date(2026, 3, 12), False, "이용지원시스템 서비스 상세 화면"
        ),
        follows_public_body_standard=True,
        standard_form_used=True,
    )


def good_contract() -> ContractFacts:
    """Approved with the bundle attached, then concluded on the approved terms."""
    terms_digest = digest_of("terms")
    return ContractFacts(
        terms=good_terms(),
        terms_digest=terms_digest,
        approvals=(
            Approval(
                1,
                terms_digest,
                "account-contract",
                at(3, 8),
                digest_of("bundle"),
                "account-approver",
                at(3, 9),
                ApprovalDecision.APPROVED,
            ),
        ),
        negotiations=(Negotiation(1, "result-1", date(2023, 3, 6), "이관 일정과 점검 방법을 협의함"),),
        conclusion=Conclusion(
            "표본-2023-17", date(2023, 3, 13), at(3, 13), terms_digest, evidence_id="contract"
        ),
    )


def good_registration() -> RegistrationFacts:
    """Registered two weeks after conclusion."""
    return RegistrationFacts(
        (Registration(RegistrationKind.INITIAL, date(2023, 3, 27), evidence_id="registration"),),
        due_on=date(2023, 4, 12),
    )


VALUES = {"availability": 99_950, "recovery": 6_000, "backup": 100_000}


def good_monitoring() -> MonitoringFacts:
    """Every month reported on target, one fault closed in time, every duty confirmed."""
    officer = "표본 사업담당자"
    once = (
        DutyConfirmation("site_representative", "", date(2023, 3, 17), officer),
        DutyConfirmation("pledges", "", date(2023, 3, 17), officer),
        DutyConfirmation("plan", "", date(2023, 3, 24), officer),
        DutyConfirmation("architecture", "", date(2023, 4, 14), officer),
        DutyConfirmation("cloud_cost", "", date(2023, 12, 29), officer),
    )
    monthly = tuple(
        DutyConfirmation(
            "report",
            month,
            date.fromisoformat(f"{month}-28"),
            "표본 운용부서 책임자",
        )
        for month in MONTHS
    )
    return MonitoringFacts(
        figures=tuple(
            MonthlyFigure(f"{month} {key}", month, key, value, "표본 제공자 1")
            for month in MONTHS
            for key, value in VALUES.items()
        ),
        faults=(
            Fault(
                "fault-1",
                1,
                FaultGrade.MAJOR,
                "채팅 서버",
                "음성 채팅이 끊김",
                notified_at=at(6, 7, 1),
                arrived_at=at(6, 7, 4),
                recovered_at=at(6, 7, 9),
                cause="메모리 부족",
                responsibility="제공자",
                reported_on=date(2023, 6, 8),
                tested_at=at(6, 7, 10),
                witness=officer,
                prevented_on=date(2023, 6, 14),
                closed=True,
            ),
        ),
        confirmations=(*once, *monthly),
        changes=(ChangeRecord(date(2023, 6, 14), "채팅 서버의 메모리를 늘림", officer),),
        notices=(
            ProviderNotice(NoticeKind.OUTAGE, date(2023, 6, 7), "음성 채팅 중단과 복구를 알림", "전자우편"),
        ),
        watches=tuple(
            WatchRecord(kind, date(2023, 12, 15), f"{kind.label}: 이상 없음") for kind in WatchKind
        ),
    )


def good_ending() -> EndingFacts:
    """Expiry without renewal: notice in time, data returned and destroyed before the end."""
    items = (
        ChecklistItem("decide", "재계약·신규계약·종료 가운데 결정", 90, "지침 Ⅲ.3.⑨"),
        ChecklistItem("return", "이용정보 반환 요구", 30, "클라우드컴퓨팅법 시행령 제19조제4항"),
    )
    return EndingFacts(
        plan=EndingPlan(
            kind=EndingKind.EXPIRY,
            expiry_outcome=ExpiryOutcome.END,
            end_on=date(2023, 12, 31),
            notice=EndNotice(
                date(2023, 11, 24), NoticeChannel.EMAIL, END_NOTICE_ITEMS, evidence_id="end notice"
            ),
            data=DataHandling(
                returned_on=date(2023, 12, 20),
                usable=True,
                return_checked_by="표본 사업담당자",
                return_evidence_id="data return",
                destroyed_on=date(2023, 12, 28),
                beyond_recovery=True,
                destruction_evidence_id="data destruction",
            ),
        ),
        marks=(
            ChecklistMark("decide", date(2023, 10, 2), "표본 사업담당자"),
            ChecklistMark("return", date(2023, 11, 27), "표본 사업담당자"),
        ),
        promises=(PromiseMark(0, True, date(2023, 12, 20)), PromiseMark(1, True, date(2023, 12, 28))),
        items=items,
    )
