"""The nine steps of the task order's contract, typed into the pages as its officers would.

The task order: 12,650,000 won with VAT, until 31 December 2023, eight service items and four support items.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.support.browsing import (
    attach,
    choose,
    complete,
    explain,
    field,
    follow,
    press,
    row,
    said,
    save,
    send_file,
    tick,
    write,
)

AMOUNT = "12650000"
CSAP = "클라우드컴퓨팅 보안인증(CSAP)"
REASON = "표본 기관의 사정에 따라 그대로 두기로 하고 까닭을 남깁니다."


def fill_budget(page: Page, amount: str = AMOUNT) -> None:
    """Type the budget check of the task order into ①."""
    line = row(page, "예산 항목")
    choose(line, "쓰임", "클라우드컴퓨팅서비스 이용료")
    choose(line, "비목", "용역비")
    write(line, {"편성 금액": amount})
    tick(page, "요금제", "정액제")
    tick(page, "지급 방식", "기간별 정산")
    choose(page, "정산 주기", "월")
    write(page, {"예상 계약금액(계약기간 총액)": amount})
    tick(page, "부가세", "부가세 포함")
    write(
        page,
        {
            "이용 예정 시작일": "20231004",
            "이용 예정 종료일": "2023-12-31",
            "적용하는 예산 지침": "2023년도 지방자치단체 예산편성 운영기준",
        },
    )


def check_budget(page: Page, case: str) -> None:
    """① Type, save, complete."""
    page.goto(f"{case}/budget")
    fill_budget(page)
    save(page)
    complete(page, "① 예산 확인")


def define(page: Page, case: str) -> None:
    """② The requirements of the task order, with what they are searched by."""
    page.goto(f"{case}/definition")
    write(
        page,
        {
            "이용목적": "메타버스 플랫폼을 공공 클라우드에서 끊김 없이 운영하고 장애에 대비합니다.",
            "이용환경": "계약일부터 2023. 12. 31.까지 주야 24시간 운영합니다.",
            "기능 요건": "API, CMS, DB, 텍스트·음성·비디오 채팅 서버의 구축과 운영, 매월 점검 네 가지",
            "이용예산": AMOUNT,
        },
    )
    choose(page, "서비스 유형", "IaaS")
    for question in page.locator("textarea[name^='lots-0-q']").all():
        question.fill("과업지시서의 요구 수준을 따릅니다.")
    term = row(page, "검색어")
    write(term, {"검색어": "메타버스 채팅 서버"})
    term.get_by_role("combobox").select_option(value="2-2")
    press(page, "+ 필터 추가")
    chosen = row(page, "필터")
    choose(chosen, "필터", f"인증정보: {CSAP}")
    chosen.get_by_role("combobox").last.select_option(value="6-1")
    source = row(page, "자료")
    write(source, {"무엇을 참고했는지": "이용지원시스템의 IaaS 설명을 살펴보았습니다."})
    tick(page, "디지털서비스몰(중앙조달)로 계약할 생각입니까?", "아니요")
    save(page)
    explain(page, REASON)
    complete(page, "② 요구사항 정의서 작성")


def search(page: Page, case: str, saved_page: Path) -> None:
    """③ Record the search that was made in the support system, and declare it final."""
    page.goto(f"{case}/search")
    follow(page, "검색 기록하기")
    tick(page, "검색한 페이지", "IaaS 페이지")
    choose(page, "서비스 유형", "IaaS")
    write(page, {"검색한 때": datetime.now(ZoneInfo("Asia/Seoul")).strftime("%Y-%m-%d %H:%M")})
    press(page.locator(".action-bar"), "다음: 저장한 화면 올리기")
    page.locator("input[type=file]").set_input_files(saved_page)
    press(page, "올리고 읽기")
    expect(page.locator("main")).to_contain_text("읽은 서비스 3개")
    follow(page, "다음: 확인하고 기록")
    press(page, "이대로 기록")
    said(page, "검색 1번을 기록했습니다.")
    follow(page, "이 검색을 최종으로 정하기")
    field(page, "이 검색의 모든 서비스를 평가 대상으로 확정하는 데 동의합니다").check()
    press(page, "최종 검색으로 정하기")
    page.goto(f"{case}/search")
    explain(page, REASON)
    complete(page, "③ 서비스 검색·저장")


def choose_route(page: Page, case: str) -> None:
    """④ Own procurement, by the local contract law."""
    page.goto(f"{case}/sourcing")
    tick(page, "조달방식", "자체조달(수의계약)")
    write(
        page,
        {
            "법적 근거": "지방계약법 시행령 제25조제1항제8호차목",
            "고른 까닭": "기관의 수의계약 절차로 기한 안에 체결할 수 있습니다.",
        },
    )
    tick(page, "수 개의 전문분야가 요구되는 복합사업입니까?", "아니요")
    save(page)
    explain(page, REASON)
    complete(page, "④ 조달방식 선택")


def upload_evidence(page: Page, case: str, purpose: str, name: str) -> None:
    """Attach a file on the page of the evidence."""
    page.goto(f"{case}/evidence")
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": "표본 증빙".encode()}
    )
    choose(page, "무엇의 증빙인가", purpose)
    press(page, "올리기")
    said(page, "올렸습니다")


def ask_for_quotes(page: Page, case: str) -> None:
    """⑤ The same request to all, and what came back; amounts stay closed until the criteria are fixed."""
    lot = f"{case}/selection/1"
    page.goto(f"{lot}/quotes")
    write(
        page, {"견적 제출 기한": "2027. 12. 31.", "보낸 내용": "정의서를 붙여 전체 기간의 견적을 요청합니다."}
    )
    press(page, "견적 요청 기록")
    said(page, "견적 요청")
    for place, amount in enumerate(("12650000", "12430000", "12600000")):
        page.goto(f"{lot}/quotes")
        page.get_by_role("link", name="견적 적기").first.click()
        write(page, {"받은 날": "2023-09-13", "유효기간": "2023-12-31", "이용료(계약기간 총액)": amount})
        page.get_by_label("부가세 포함", exact=True).check()
        attach(page, "견적서", f"견적서 {place + 1}.txt")
        press(page, "견적 저장")
    expect(page.locator("main")).not_to_contain_text("12,430,000")
    upload_evidence(page, case, "견적요청 결과", "견적요청 현황.txt")


CRITERIA = (
    ("전체 소요비용", "전체 소요비용(TCO)", "30", "3-1", "가장 낮은 견적을 만점으로 견줍니다."),
    ("기술과 기능 적합성", "기술적 장점 및 기능 적합성", "30", "2-2", "요건을 채운 정도를 봅니다."),
    ("고객지원체계", "고객지원체계", "20", "8-1", "상주인력과 현장지원의 정도를 봅니다."),
    ("성능과 안정성", "성능 및 안정성", "20", "7-1", "보장하는 가용률과 회복시간을 봅니다."),
)


def fix_criteria(page: Page, case: str) -> None:
    """⑤ Four criteria of 100 points together, fixed before anyone sees an amount."""
    page.goto(f"{case}/selection/1/criteria")
    press(row(page, "평가항목", len(CRITERIA) + 1), f"평가항목 {len(CRITERIA) + 1} 빼기")
    for place, (title, aspect, weight, clause, scale) in enumerate(CRITERIA, start=1):
        line = row(page, "평가항목", place)
        write(line, {"평가항목": title, "배점": weight, "점수를 주는 기준": scale})
        choose(line, "고려사항", aspect)
        field(line, "근거 항목").select_option(value=clause)
        field(line, "점수를 매기는 방법").select_option(value="")
    tick(page, "점수를 모으는 방법", "산술평균")
    press(page, "확정하기 전에 한 번 더 보기")
    press(page, "예, 확정합니다")
    said(page, "확정")


def decide_outcomes(page: Page, case: str) -> None:
    """⑤ Every service of the final run is scored; two people are asked to."""
    page.goto(f"{case}/selection/1/outcomes")
    press(page, "처리 결과 저장")
    said(page, "처리 결과를 기록했습니다.")
    for name in ("표본 평가위원 하나", "표본 평가위원 둘"):
        page.goto(f"{case}/selection/1/evaluators")
        person = field(page, "평가위원")
        person.select_option(value=str(person.locator("option", has_text=name).get_attribute("value")))
        press(page, "평가위원 지정")
        said(page, "평가위원")


def evaluate(page: Page, case: str, points: tuple[tuple[str, ...], ...]) -> None:
    """⑤ As an evaluator on a phone: declare, score every service with a comment, look once more, submit."""
    page.goto(f"{case}/evaluation")
    tick(page, "평가할 서비스의 제공자와 이해관계가 있나요?", "이해관계가 없습니다")
    press(page, "신고하기")
    said(page, "신고")
    follow(page, "평가표 작성")
    for place, given in enumerate(points, start=1):
        service = page.locator(f"#service-{place}")
        for inputs, score in zip(service.locator("input[name$='-points']").all(), given, strict=True):
            inputs.fill(score)
        for comment in service.locator("textarea[name$='-comment']").all():
            comment.fill("제안서와 견적을 보고 정했습니다.")
    press(page, "제출하기 전에 한 번 더 보기")
    press(page, "예, 제출합니다")
    said(page, "제출")


def decide(page: Page, case: str, winner: str) -> None:
    """⑤ The first in rank is chosen, and the step completed."""
    page.goto(f"{case}/selection/1/decision")
    tick(page, "결정", "이용계약 대상 선정")
    chosen = field(page, "이용계약 대상")
    chosen.select_option(value=str(chosen.locator("option", has_text=winner).get_attribute("value")))
    write(page, {"결정 사유": "두 평가위원의 평가를 산술평균한 결과 1위입니다."})
    press(page, "결정하기 전에 한 번 더 보기")
    press(page, "예, 결정합니다")
    page.goto(f"{case}/selection")
    explain(page, REASON)
    complete(page, "⑤ 이용계약 대상선정")


CHECKED = "이용지원시스템의 서비스 상세 화면과 나라장터의 부정당업자 조회 화면"


def write_terms(page: Page, case: str) -> None:
    """⑥ The terms of the task order with their annex, begun from the ready texts."""
    page.goto(f"{case}/contract")
    for ready in ("서비스수준 예시 채우기", "조항 예시 채우기", "과업지시서 예시 채우기"):
        press(page, ready)
        said(page, "예시를 채웠습니다")
    write(
        page,
        {
            "계약 조건": "과업지시서의 과업 내용과 산출물을 계약 조건으로 합니다.",
            "서비스 범위": "API, CMS, DB, 텍스트·음성·비디오 채팅 서버의 구축과 운영",
            "월 이용료": "4216666",
        },
    )
    counterpart = page.locator("[name^='counterpart_check-']")
    counterpart.nth(0).fill("2023-09-26")
    counterpart.nth(1).fill(CHECKED)
    selected = page.locator("[name^='selected_check-']")
    selected.nth(0).fill("2023-09-26")
    selected.nth(1).fill(CHECKED)
    page.locator("[name='selected_check-still_selected']").check()
    page.locator("[name='selected_check-valid_until']").fill("2025-12-31")
    for asked in ("follows_public_body_standard", "standard_form_used"):
        page.locator(f"[name={asked}]").first.check()
    save(page)
    explain(page, REASON)


def negotiate(page: Page, case: str) -> None:
    """⑥ The technical negotiation with the winner."""
    page.goto(f"{case}/contract/negotiations")
    field(page, "협상한 서비스").select_option(index=0)
    write(page, {"협상한 날": "2023-09-25", "협상한 내용": "상주인력의 연락 방법과 이관 일정을 정했습니다."})
    press(page, "협상 기록")
    said(page, "기술협상을 기록했습니다.")


def submit_for_approval(page: Page, case: str, approver: str) -> None:
    """⑥ Name who approves, and submit."""
    page.goto(f"{case}/members")
    person = field(page, "사람")
    person.select_option(value=str(person.locator("option", has_text=approver).get_attribute("value")))
    choose(page, "맡을 일", "결재권자")
    page.get_by_role("button", name="지정").last.click()
    said(page, "지정했습니다")
    page.goto(f"{case}/contract/approval")
    press(page, "품의 올리기")
    said(page, "품의를 올렸습니다")


def approve(page: Page, case: str) -> None:
    """⑥ As the approver: wait for the bundle, take it along, approve what it holds."""
    page.goto(f"{case}/contract/approval")
    expect(page.get_by_role("link", name="내려받기").first).to_be_visible(timeout=30_000)
    page.goto(f"{case}/contract/approval")
    tick(page, "결정", "결재")
    write(page, {"의견": "검색 결과와 평가표를 확인하였습니다."})
    press(page, "결정 보내기")
    said(page, "했습니다")


def conclude(page: Page, case: str) -> None:
    """⑥ As the contract officer: the contract is concluded, the step completed."""
    page.goto(f"{case}/contract/conclusion")
    write(
        page,
        {"계약번호": "표본-2023-001", "체결일": "2023-10-04", "유효기간의 끝": "2025-12-31"},
    )
    page.locator("[name=looked_at]").fill(CHECKED)
    field(page, "디지털서비스로 선정되어 있습니다").check()
    attach(page, "파일 바로 올리기", "계약서.txt")
    press(page, "체결 기록")
    said(page, "계약 체결을 기록했습니다")
    page.goto(f"{case}/contract")
    explain(page, REASON)
    page.goto(f"{case}/contract/complete")
    press(page, "완료")
    said(page, "완료했습니다")


def register(page: Page, case: str) -> None:
    """⑦ Registered in time, with the proof."""
    page.goto(f"{case}/registration")
    write(page, {"등록한 날": "2023-10-20"})
    attach(page, "파일 바로 올리기", "등록 확인.txt")
    press(page, "등록 기록")
    said(page, "등록")
    explain(page, REASON)
    complete(page, "⑦ 이용계약 정보 등록")


def monitor(page: Page, case: str) -> None:
    """⑧ The figures of a month, and a fault by the contract's clock."""
    page.goto(f"{case}/monitoring/figures/2023-10")
    for place, value in enumerate(("99.9", "2.1", "300", "100")):
        page.locator(f"[name='rows-{place}-value']").fill(value)
    write(page, {"자료를 받은 날": "2023-11-05", "자료를 낸 곳": "견본 가온테크"})
    press(page, "기록")
    page.goto(f"{case}/monitoring/faults/new")
    page.locator("[name=grade]").select_option(index=0)
    write(
        page,
        {
            "장애가 난 서비스": "비디오 채팅 서버",
            "증상": "접속이 끊깁니다.",
            "제공자에게 알린 때": "2023-11-07 14:05",
        },
    )
    press(page, "기록")
    expect(page.locator("main")).to_contain_text("복구 기한")


def finish_monitoring(page: Page, case: str) -> None:
    """⑧ Reasons for what is still open, and the step completed."""
    page.goto(f"{case}/monitoring")
    explain(page, REASON)
    complete(page, "⑧ 서비스 이용점검 및 관리")


def end(page: Page, case: str) -> None:
    """⑨ Notice, return and destruction with their proof, the promises; the case is closed."""
    page.goto(f"{case}/checklist")
    page.get_by_role("link", name="표시").first.click()
    write(page, {"확인한 날": "2023-10-05", "확인한 사람": "표본 사업담당자"})
    press(page, "확인했음으로 표시")
    expect(page.locator(".checklist").first).to_contain_text("완료")
    keep_promises(page, case)
    page.goto(f"{case}/ending")
    tick(page, "종료 유형", "계약 만료")
    tick(page, "만료 뒤에는", "계약 종료")
    write(page, {"종료일": "2023-12-31"})
    for name, text in {
        "notice-received_on": "2023-11-20",
        "data-returned_on": "2023-12-27",
        "data-return_checked_by": "표본 사업담당자",
        "data-destroyed_on": "2024-01-05",
    }.items():
        page.locator(f"[name='{name}']").fill(text)
    page.locator("[name='notice-channel']").select_option("email")
    for box in page.locator("[name='notice-items']").all():
        box.check()
    for name in ("data-usable", "data-beyond_recovery"):
        page.locator(f"[name='{name}']").check()
    for name in ("notice-upload", "data-return_upload", "data-destruction_upload"):
        send_file(page.locator(f"[name='{name}']"), f"{name}.txt")
    save(page)
    explain(page, REASON)
    complete(page, "⑨ 이용계약 종료")
    page.goto(case)
    expect(page.locator("main")).to_contain_text("종료")


def keep_promises(page: Page, case: str) -> None:
    """⑨ Every promise of the contract confirmed as kept."""
    page.goto(f"{case}/ending/promises")
    for place in range(page.locator("main a[href*='/ending/promises/']").count()):
        page.goto(f"{case}/ending/promises/{place}")
        page.locator("[name=kept]").first.check()
        write(page, {"확인한 날": "2023-12-28"})
        page.locator("main form button[type=submit].button-primary").click()
        page.wait_for_load_state()


def download_bundle(page: Page, case: str, folder: Path) -> Path:
    """Ask for the bundle of all so far, wait for it, keep it in ``folder``."""
    page.goto(f"{case}/bundle")
    press(page, "지금까지의 기록으로 묶음 만들기")
    ready = page.get_by_role("link", name="내려받기", exact=True).first
    expect(ready).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        ready.click()
    download.value.save_as(folder / "bundle.pdf")
    return folder / "bundle.pdf"


def download_checklist(page: Page, case: str, folder: Path) -> Path:
    """Take the checklist along as a PDF."""
    page.goto(f"{case}/checklist")
    with page.expect_download() as download:
        follow(page, "PDF 내려받기")
    download.value.save_as(folder / "checklist.pdf")
    return folder / "checklist.pdf"
