"""The words by which a saved page is understood: headings, buttons, badges, signs of other pages."""

import re
from functools import lru_cache

from procurement.domain.catalogue import (
    COMPANY_SIZES,
    PROVIDER_KINDS,
    SERVICE_ID,
    csap_grade_of,
    label_key,
    service_type_of,
    tidy,
)

_QUOTED = re.compile("[\"'‘’“”「『《〈].{0,80}?[\"'‘’“”」』》〉]")
_ASIDE = re.compile(
    r"^\W*(?:나의|내가|내|이런|이|이번\s*주|이번\s*달|이달의|오늘의?|주간|월간|실시간|방금|회원님[이께의]?|고객님[이께의]?|NIA)?\s*"
    r"(?:최근에?\s*(?:본|조회|열람|검색|확인|이용|둘러|등록|선정|추가|담은|방문)|방금\s*본|열어\s*본|둘러본|조회한\s*서비스"
    r"|추천(?!순)|맞춤(?:형)?\s*(?:추천|서비스)|인기(?!순)|베스트|BEST\b|HOT\b|TOP\s*\d+|많이\s*(?:본|찾|이용|조회|담)"
    r"|(?:함께|같이)\s*(?:본|보|찾|이용|비교|조회|많이)|(?:연관|관련|유사|비슷한)\s*(?:디지털\s*)?(?:서비스|상품|제품)"
    r"|비교\s*(?:함|목록|대상|바구니|하기|중인|서비스|담기)|장바구니|찜|관심|즐겨\s*찾기|위시|보관함|이용희망목록"
    r"|견적\s*요청|검색\s*이력|이용\s*(?:내역|정보)|계약\s*(?:현황|내역)|신규|새로|최신|주목|눈여겨|광고|스폰서|홍보|프로모션|이벤트|기획전|배너|공지|바로가기|퀵메뉴"
    r"|다른\s*(?:기관|이용자|사용자|제공자|회사|서비스)|(?:같은|이)\s*(?:제공자|회사|기업|제공기업)|제공자의\s*다른"
    r"|recently|recent|recommended|popular|related|similar|wish\s*list|cart)"
    r"|(?:어떠세요|어떤가요|어떨까요|추천합니다|추천해\s*드|추천\s*(?:디지털\s*)?서비스|의\s*다른\s*(?:디지털\s*)?서비스)\W*$",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"검색\s*결과|검색된\s*(?:디지털\s*)?서비스|조회\s*결과|결과\s*(?:목록|리스트)|서비스\s*(?:목록|리스트)|search\s*results?",
    re.IGNORECASE,
)
_ASIDE_WORDS = """
recent recently lately viewed recom recommend recommended recommendation rcmd rcmnd popular best hot rank
ranking cart basket compare cmpr wish wishlist favorite favorites favourite zzim bookmark interest related
relation similar banner bnr ad ads promo promotion event quick quickmenu aside sidebar side lnb gnb snb nav
navigation menu footer foot breadcrumb popup modal history todayview lately carousel
"""
ASIDE_WORDS = frozenset(_ASIDE_WORDS.split())
"""Words in a class or id that mark a part of the page that holds no results."""
ASIDE_TAGS = frozenset({"aside", "nav", "footer", "dialog"})
ASIDE_ROLES = frozenset({"navigation", "complementary", "contentinfo", "banner", "dialog", "menu"})

_ACTION = re.compile(
    r"^\W*(?:(?:서비스\s*)?(?:상세|자세히)(?:\s*(?:보기|정보|페이지))?|보기|더\s*보기|바로\s*가기|선택|비교(?:함)?(?:하기|\s*담기|에?\s*추가)?"
    r"|장바구니(?:에?\s*담기|\s*추가)?|담기|찜(?:하기)?|관심(?:\s*(?:등록|서비스))?|견적(?:\s*요청)?(?:하기)?|문의(?:하기)?|신청(?:하기)?"
    r"|이동|새\s*창(?:\s*열림)?|다운로드|인쇄|공유|닫기|열기|이미지|로고|썸네일|이미지\s*없음|no\s*image|logo|more|view|detail"
    r"|NEW|N|HOT|BEST|신규|추천|인기|미리\s*보기|펼치기|접기|삭제|홈페이지|미등록|등록)\W*$",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"(?:검색|조회|일치|해당)\S{0,6}\s*(?:결과|서비스|데이터|내용|정보|자료|항목)?\S{0,3}\s*(?:하는|되는|된)?\s*(?:서비스|결과|내용|데이터)?"
    r"\S{0,2}\s*(?:없습니다|없음|존재하지\s*않습니다|찾을\s*수\s*없습니다)"
)
_LOGIN = re.compile(r"로그인|비밀번호|login|sign\s*in", re.IGNORECASE)
_ERROR = re.compile(
    r"요청하신\s*페이지|페이지를\s*찾을\s*수\s*없|오류가\s*발생|에러가\s*발생|잘못된\s*접근|접근\s*(?:권한|이\s*거부)"
    r"|세션이\s*(?:만료|종료)|서비스\s*이용에\s*불편|일시적인?\s*(?:오류|장애)|시스템\s*점검"
    r"|Not Found|Internal Server Error|Forbidden|Bad Gateway|Service Unavailable|HTTP (?:Status )?[45]\d\d",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"기자\s*=|[가-힣]{2,4}\s*기자(?:\s|$)|무단\s*전재|재배포\s*금지|기사\s*(?:입력|원문|제보|목록)|입력\s*:?\s*20\d\d[.-]"
    r"|보도\s*자료|이전\s*글|다음\s*글|첨부\s*파일|작성자|작성일|글쓴이|댓글"
)
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\$\{|<%|#\{|\[\[|\{\w+\}")


def is_aside_heading(text: str) -> bool:
    """Whether a heading announces services that are not results: recently seen, recommended, basket."""
    plain = tidy(_QUOTED.sub(" ", text))
    return 0 < len(plain) <= 40 and bool(_ASIDE.search(plain)) and not service_type_of(plain)


def is_result_heading(text: str) -> bool:
    """Whether a heading announces the results of a search."""
    plain = _QUOTED.sub(" ", text[:120])
    return bool(_RESULT.search(plain)) and not is_aside_heading(text) and not says_empty(plain)


@lru_cache(maxsize=4096)
def is_action(text: str) -> bool:
    """Whether a text is the caption of a button or a mark such as NEW, and no name."""
    return len(text) <= 24 and bool(_ACTION.match(text))


def says_empty(text: str) -> bool:
    """Whether a line says that the search found nothing."""
    return bool(_EMPTY.search(text)) and not re.search(r"최근|장바구니|비교|찜|관심", text)


def other_page(title: str, text: str, has_password: bool) -> str | None:
    """What the page is when it is no result page: a Korean phrase, or ``None`` when nothing tells."""
    head = f"{title}\n{text[:3000]}"
    if has_password or (_LOGIN.search(title) and len(text) < 3000):
        return "로그인 화면"
    if _ERROR.search(head) and len(text) < 3000:
        return "오류 안내 화면"
    return "기사나 게시글" if is_article(title, text) else None


def is_article(title: str, text: str) -> bool:
    """Whether the page has the marks of a news article or a post on a board."""
    return bool(_ARTICLE.search(f"{title}\n{text}"))


@lru_cache(maxsize=4096)
def badge_of(text: str) -> tuple[str, str] | None:
    """(field, value) of a short text that is a fact by itself, such as ``SaaS`` or ``중소기업``."""
    if not 0 < len(text) <= 24:
        return None
    plain = text.replace(" ", "").strip("[]()<>#·")
    if service_type_of(plain) and plain not in {"지원", "융합"}:
        return "service_type", plain
    if plain in COMPANY_SIZES:
        return "company_size", plain
    if plain in PROVIDER_KINDS:
        return "provider_kind", plain
    key = label_key(text)
    if key in {"디지털서비스몰", "디지털서비스몰등록", "디지털서비스몰등록서비스", "서비스몰등록"}:
        return "in_mall", "등록"
    if key in {"디지털서비스몰미등록", "서비스몰미등록"}:
        return "in_mall", "미등록"
    if key in {"혁신제품", "혁신제품등록", "혁신제품등록서비스"}:
        return "innovation", "등록"
    return (
        ("csap_grade", text) if key.startswith("csap") and csap_grade_of(text.replace("CSAP", " ")) else None
    )


def is_name(text: str) -> bool:
    """Whether a text can be the name of a service: no id, number, button, badge or unfilled template."""
    if not 0 < len(text) <= 200 or not re.search(r"[^\W\d_]", text):
        return False
    if SERVICE_ID.fullmatch(text) or _PLACEHOLDER.search(text):
        return False
    return not is_action(text) and badge_of(text) is None and not text.upper().startswith("CSAP")
