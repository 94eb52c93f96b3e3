"""Words of daily use in public requirements, and words that stand beside names.

The lists are the program's own and short on purpose: a name that is itself one of the ordinary words is
answered with review instead of block, and ``NameIndex.screened_names`` shows which names those are.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words of everyday and administrative Korean, two syllables and more.
_EVERYDAY = _words(
    """
    가격 가공 가능 가로 가상 가상화 가족 가치 간편 감사 강점 강화 개발 개방 개선 개인 개인정보 개편 객관
    거래 거리 건강 건물 검사 검색 검색엔진 검증 검토 게이트 게이트웨이 결과 결재 결정 결제 경계 경로
    경영 경제 경험 계산 계약 계정 계획 고객 고도화 고려 고유 고정 골드 공간 공개 공공 공급 공기 공동
    공무원 공식 공유 공정 공지 공통 과업 과정 과제 관계 관광 관련 관리 관점 관제 교실 교육 교통 구간
    구름 구매 구분 구성 구조 구축 구현 국가 국가기관 국내 국민 국제 권한 규격 규모 규정 균형 그리드 그린
    그림 근거 근무 글로벌 금액 금융 급여 기계 기관 기금 기능 기대 기록 기반 기본 기술 기억 기업 기존
    기준 기초 기획 긴급 길잡이 나눔 나라 나래 나루 나무 나침반 날개 날씨 납품 내부 내용 네이티브
    네트워크 노동 노드 노선 노이즈 노트 녹색 녹음 논리 농업 누리 능력 다른 다산 다수 다음 다중 단가 단계
    단말 단말기 단어 단위 단체 단추 달력 담당 담당자 당근 대관 대비 대상 대응 대장 대출 대학 대화
    데브옵스 데스크톱 데이터 데이터레이크 데이터베이스 데이터센터 데이터웨어하우스 도구 도로 도면 도서
    도시 도우미 도움 도입 독도 독립 독립성 동네 동의 동작 동행 두레 드라이브 등급 등대 등록 디딤돌
    디자인 디지털 라벨 라이브러리 라인 레디스 로그 로그인 루트 리눅스 리더 리포트 링크 마당 마루 마을
    마음 만족 망분리 맞춤 매뉴얼 매일 매직 매체 매출 메뉴 메모 메시지 메신저 메일 메타버스 명령 명칭
    모델 모두 모듈 모바일 모임 목록 목적 목표 무료 무선 무역 문서 문의 문자 문제 문화 물류 물품 미들웨어
    미디어 미래 미팅 민간 민원 바다 바람 바로 바탕 박스 반복 반영 발급 발송 발주 발표 방문 방법 방송
    방식 방침 방향 방화벽 배달 배움 배포 백업 밴드 번역 범위 법령 법률 변경 변화 별도 별빛 병원 보건
    보고 보고서 보관 보급 보기 보안 보조 보험 보호 복구 복지 본인 부문 부서 분류 분석 분야 분할 브리지
    블루 비교 비밀 비용 비전 비즈니스 빅데이터 사과 사람 사랑 사례 사무 사서 사업 사용 사용자 사이버
    사이트 사진 사회 산업 상담 상세 상시 상태 상품 새벽 색인 생산 생성 생활 서버 서비스 서식 서울 서체
    선거 선택 설계 설명 설문 설비 설정 성과 성능 성장 세계 세금 세무 세종 센서 센터 소개 소리 소망 소식
    소통 소프트웨어 속도 솔루션 송신 수단 수량 수리 수신 수요 수정 수집 수행 스마트 스캔 스쿨 스퀘어
    스타 스토리지 스튜디오 스트리밍 스팸 스페이스 시각화 시간 시공 시도 시민 시설 시스템 시작 시장 시점
    시험 식별 신규 신뢰 신청 신호 실시간 실적 실행 심사 아이디 아이콘 안내 안전 안정 알림 암호 암호화
    약관 양식 어린이 언어 업무 업체 에너지 여행 역량 연결 연계 연구 연동 연락 연산 열람 열린 영상 영역
    예방 예비 예산 예약 오늘 오류 오브젝트 오토스케일링 오픈 오픈데이터 오픈소스 오픈스택 오피스
    오피스텔 온라인 외부 요구 요금 요약 요청 용량 용역 우리 우주 운송 운영 운영체제 워크 워크스페이스
    워크플로 원격 원본 원스톱 원천 월드 웹 위치 위험 윈도우 유니버설 유아 유지 유지보수 유통 유형 은행
    음성 음악 응답 의견 의뢰 의료 의사 이관 이동 이력 이름 이미지 이벤트 이야기 이용 이용자 이음 이전
    이중화 인공 인공지능 인력 인사 인쇄 인증 인증서 인터넷 인프라 일반 일자리 일정 임대 입력 입찰 자동
    자료 자리 자산 자원 자율 자치 작성 작업 잔디 잔디밭 장비 장애 장치 재난 재무 재정 재해 재해복구 저장
    저장소 적용 전달 전략 전문 전산 전송 전용 전자 전자계약 전자문서 전체 전화 전환 절차 점검 접근 접속
    정보 정부 정산 정상 정의 정책 제공 제안 제어 제품 제한 조건 조달 조사 조작 조직 조회 종료 종합 주민
    주소 주요 주차 준수 중심 중앙 증명 증빙 지갑 지능 지도 지방 지식 지역 지원 지정 지표 지하철 직원
    직접 진단 진행 질의 집계 차량 차세대 차이 차트 참고 참여 창고 창구 창의 채널 채팅 처리 첨부 청구
    체계 체험 초기 초록 총무 최신 최적화 추가 추적 추진 추천 축소 출력 출장 출판 취약점 측정 치료 친환경
    카드 카메라 캐시 캘린더 컨설팅 컨테이너 컴퓨터 컴퓨팅 코드 콘텐츠 클라우드 클래스 클린 키보드 태그
    태양 테스트 테이블 텍스트 통계 통신 통합 통합인증 통화 투명 투자 특성 특허 파워 파일 판단 판매
    패키지 팩스 퍼블릭 퍼스트 페이지 편리 편집 평가 포인트 포커스 포털 폴더 폼 표시 표준 품질 프라이빗
    프로그램 프로젝트 프리미엄 프린터 플랫폼 플러스 필요 하나 한국 대한 하늘 하드웨어 하루 하이브리드
    학교 학사 학생 학습 한글 할인 해결 해상 행사 행정 향상 허브 현장 현황 협업 협의 형상 형상관리 호스팅
    호환 홈페이지 홍보 화면 화상 화상회의 확대 확산 확인 확장 환경 활동 활성화 활용 회계 회원 회의
    회의실 효과 효율 후속 휴가 휴대
    """
)

_ENGLISH = _words(
    """
    access active ai api apm app archive backup band base big bigdata block blue box browser bus
    business call card cctv center chat class client clock cloud code collaboration com community
    computing connect contents core cpu csap css csv daas dashboard data database db dbms desk desktop
    dev device devops digital dlp dns doc docs document drastic drive dw edge edu elastics email energy
    erp etl excel file first flow form free gateway global go gov gpu green grid gw hdd help home hot
    html http https hub iaas ics ict id idc info infra innovation integration internet ios iot ip ips
    isms iso it java json kpi ks lan learn library line linux list live lms log login mail manager map
    market media meet meeting memo mes message messenger mobile motion nation net network news next
    notations note notes object ocr office on one online open openstack option os paas page pay pc pdf
    plan plastic platform play plus point portal potion power process program project public qr ram
    redis report rest rpa saas safe sdk search secure security server service shop site sla smart sns
    software solution sound space sql ssd ssh ssl sso standard star start station storage store stream
    studio super support system systems table talk task tcp team teams tech test time tls tool total tv
    ui ultra united units unix up url usb user ux vat video view virtual vm voice waf was watch wave web
    wifi wiki window windows word work works workspace world xml xr zip zone
    """
)

# Of these, words that make an ordinary compound without a space: 오픈데이터, 스마트그리드, 클라우드서비스.
GENERIC = _words(
    """
    가상 가상화 개발 개인정보 검색 공공 관리 관제 그리드 네트워크 네이티브 데이터 데이터베이스
    데이터센터 디지털 로그 리포트 메일 메시지 메신저 모바일 문서 미들웨어 백업 보안 분석 빅데이터 서버
    서비스 소프트웨어 솔루션 스마트 스토리지 스트리밍 시스템 암호화 오픈 오픈소스 온라인 운영 워크
    워크스페이스 원격 웹 인공지능 인증 인프라 인터넷 저장 저장소 전자 전자계약 전자문서 정보 채팅 캐시
    컨테이너 컴퓨팅 콘텐츠 클라우드 통신 통합 통합인증 포털 플랫폼 하이브리드 협업 호스팅 홈페이지 화상
    화상회의 게이트웨이 에이전트 오피스 비즈니스 드라이브
    """
)

ORDINARY = _EVERYDAY | _ENGLISH

# Particles and copulas; several may follow each other (에서는, 으로부터의).
PARTICLES = _words(
    """
    은 는 이 가 을 를 의 에 와 과 도 만 로 으로 에서 에게 께 한테 부터 까지 마다 조차 마저 보다 처럼
    같이 만큼 나 이나 란 이란 라 이라 라는 이라는 라고 이라고 든 이든 든지 이든지 며 이며 고 이고 랑
    이랑 하고 로서 으로서 로써 으로써 로부터 으로부터 에는 에도 에만 에서는 에서도 에서의 에의 와의 과의
    로의 으로의 만의 들 들이 들의 들은 들을 들과 등 등의 등을 등이 이다 입니다 인 인데 이므로 이지만
    지만 임 밖에 대로 뿐 요 이야 이여 여 및 또는 이나마 커녕 께서 더러 보고 서 서는 이어야 이면 라면
    이라면 이자 님 씨
    에게서 한테서 에게는 에겐 에다 에다가 에선 론가 으론 로선 으로선 로써는 으로써는 이야말로 야말로
    이라도 라도 이라든지 라든지 이라든가 라든가 이든가 든가 이라곤 라곤 이거나 거나 인지 인가 이니까
    이었다 였다 이었던 였던 이었으며 였으며 이었고 였고 이었습니다 였습니다 이었을 였을 이기 이기에
    임을 임이 임에도 이어도 여도 여야 이더라도 더라도 일지라도 일지 일까 이에요 예요 입니까 이면서 면서
    치고 치고는 끼리 마냥 이라며 라며 이라면서 라면서 이라지만 라지만 이로 므로 이되 께선 하고는 랑은
    이랑은 이라서 라서 이라야 라야 이라기보다 라기보다 답게 다운 스러운 같은 따위 따위의 에서부터
    이라거나 라거나 인데도 인데다 이라기 라기 이란다 이라니 라니 이었으나 였으나 만이 만을 만은 만도
    """
)

# Of these, those that nothing follows but a space.
CLOSING = _words(
    """
    은 는 이 가 을 를 의 도 라 란 이란 고 이고 며 이며 든 이든 인 임 이다 입니다 여 이여 야 이야 나 이나
    자 이자 다운 같은 스러운 요 일지 일까 인지 인가 이지만 지만 이므로 므로
    """
)

# Of these, particles that make a known word of two syllables look like a name: 사람인, 하나로.
NAME_ENDINGS = _words("인 로 으로 에서 까지 처럼 이며 이나")

# Nouns that follow a name without a space and leave it a name: 오라클사, KT망, 노션기반.
AFTER_NAME = _words(
    """
    사 社 측 급 용 망 앱 계정 라이선스 라이센스 회선 클라우드 서비스 솔루션 플랫폼 제품 제품군
    상품 프로그램 소프트웨어 시스템 서버 기반 사용 이용 활용 도입 구축 운영 연동 연계 호환 호환성 전용
    지원 구독 계약 구매 납품 설치 데이터베이스 디비 데이터 인터넷 공공 공공용 무료 유료 버전 최신 업체
    회사 기업 본사 그룹 코리아 주식회사 유한회사 엔진 화상회의 회의 메신저 메일 문서 오피스 보안 백업
    스토리지 환경 방식 수준 동급 대체 이전 전환 관리 관리형 콘솔 포털 마켓 가능 필수 우대 하는 하여 하고
    과제 사업 협력사 파트너 파트너사 총판 대리점 등록 제외 포함 이상 정품 온라인 웹 모바일 컨설팅
    커뮤니티 백신 그룹웨어 회계 인사 급여 드라이브 캘린더 챗봇 뷰어 에디터 모듈 장비 단말 스토어 뱅킹
    브라우저 스튜디오 네트워크 인프라 저장소 컨테이너 게이트웨이 에이전트 워크스페이스 협업 협업도구 결재
    전자결재 전자계약 전자문서 검색엔진 미들웨어 방화벽 스트리밍 채팅 호스팅 모니터링 대시보드 상용 종속
    이외 외 외의 아닌 대신 대비 처럼 제외한 등록된 탑재 내장 제조 공급 판매 개발 제작 출시 총괄 임직원
    """
)

# Words that stand before a name without a space: 주식회사안랩, 기존노션.
BEFORE_NAME = _words(
    """
    주식회사 유한회사 사단법인 재단법인 기존 신규 현재 국내 국산 공공 민간 해외 외산 최신 정품 타사
    협력사 업체 회사 제조사 제공자 공급사 및 또는 구 현 신 가칭 제품 서비스 클라우드 솔루션 유료 무료
    """
)

# Of these, words that only ever stand before another noun: even a name of two syllables is one behind them.
ATTRIBUTIVE = _words("기존 국산 외산 국내 국외 해외 현행 타사 가칭 정품 최신")

# Behind a figure, Latin letters that measure something: 100ms is no company.
UNITS = _words(
    """
    b kb mb gb tb pb kib mib gib tib bps kbps mbps gbps hz khz mhz ghz s ms us ns min h hr w kw kwh v va
    kva a ma mah mm cm m km g mg kg t l ml ea px pt dpi ppm fps rpm k p x d nd rd st th u g
    """
)
# Behind a name that ends in a figure, these count: 카페24 is not in 24시간.
COUNTERS = (
    "시간",
    "개월",
    "개",
    "일",
    "년",
    "월",
    "회",
    "차",
    "건",
    "명",
    "분",
    "초",
    "원",
    "종",
    "대",
    "층",
)

# A syllable that turns a Latin name into another word: AZURE색, Notion풍.
DERIVING = _words("색 식 형 풍 적 화 류 계 파 링 밭 감 성 률 권 층 틱 릭 칼 앤")

# What a definition may have to require because the institution already runs it.
TECHNOLOGY_NOUNS = (
    "데이터베이스관리시스템",
    "데이터베이스",
    "디비엠에스",
    "디비",
    "rdbms",
    "dbms",
    "database",
    "db",
    "sql",
    "운영체제",
    "os",
    "서버운영체제",
    "미들웨어",
    "was",
    "jdk",
    "jvm",
    "하이퍼바이저",
    "런타임",
)
TECHNOLOGIES = _words(
    """
    오라클 oracle mysql mariadb postgresql mssql mssqlserver sqlserver db2 티베로 tibero 큐브리드 cubrid
    알티베이스 altibase mongodb 몽고디비 윈도우 윈도우즈 windows windowsserver 윈도우서버 리눅스 linux
    레드햇 redhat rhel 우분투 ubuntu centos unix aix hpux solaris 솔라리스 자바 java 닷넷 dotnet
    쿠버네티스 kubernetes 도커 docker 제우스 jeus 웹로직 weblogic 웹스피어 websphere 톰캣 tomcat
    엔진엑스 nginx 아파치 apache vmware 브이엠웨어 hyperv openstack 오픈스택 redis 레디스 kafka 카프카
    elasticsearch 엘라스틱서치 hadoop 하둡 android 안드로이드 ios macos hwp hwpx
    """
)

# Behind an ordinary word, these say that in running text it is meant as a name.
PRODUCT_NOUNS = (
    *(
        "서비스",
        "솔루션",
        "제품",
        "앱",
        "클라우드",
        "프로그램",
        "메신저",
        "화상회의",
        "계정",
        "라이선스",
        "사의",
    ),
    *("플랫폼", "社", "홈페이지", "코리아", "주식회사", "협업도구"),
)

# Ordinary use of a word that is also a name: how the word before it ends, how the word after it begins.
ORDINARY_BESIDE: dict[str, frozenset[str]] = {
    "줌": _words("확대 축소 배율 렌즈 카메라 지도 글자 이미지 인 아웃 디지털 광학 핀치"),
    "zoom": _words("확대 축소 배율 렌즈 카메라 지도 in out 인 아웃 level lens"),
    "잔디": _words("천연 인조 운동장 구장 축구장 공원 깎기 심기 식재 관리 조경 제초 밭 공사 보식"),
    "하나": _words("중 둘 또는 어느 오직 단 이상 씩 되어 되는 뿐 만"),
    "우리": _words("기관 부 청 시 군 구 도 나라 학교 지역 말 모두 원 공사 공단"),
    "다음": _words("각 중 달 해 과 단계 사항 표 페이지 호 날 순위 연도 버튼 화면 그 바로 월"),
    "한글": _words("입력 표기 영문 글꼴 문서 파일 이름 명칭 처리 지원 검색 화면"),
    "다우": _words("지수 존스"),
    "카카오": _words("열매 닙스 분말 함량 버터 콩 나무"),
    "아마존": _words("열대 우림 강 밀림 유역"),
    "스노우플레이크": _words("스키마 모델링 구조"),
    "snowflake": _words("schema 스키마"),
    "elastic": _words("ip load compute block band"),
    "세종": _words("대왕 시 특별자치시 청사 정부 대로 문화"),
    "라인": _words("온 오프 가이드 배관 생산 타임 차트"),
}
