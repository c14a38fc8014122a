//! The stable rules of Ruff 0.17.6 in the categories of section 6, from `ruff rule --all --output-format json`, and
//! which of them are on without a selection, from `ruff check --show-settings`. Preview and removed rules are left out.

/// A category of rules.
pub(crate) struct Category {
    /// The selector of the whole category.
    pub(crate) prefix: &'static str,
    /// The requirement that asks for it.
    pub(crate) requirement: &'static str,
    /// What follows the prefix in the code of each stable rule, sorted.
    pub(crate) rules: &'static str,
    /// The same of the rules that a configuration without `select` turns on since Ruff 0.16.
    pub(crate) defaults: &'static str,
}

/// The categories of section 6, in its order.
#[rustfmt::skip]
pub(crate) const CATEGORIES: &[Category] = &[
    Category { prefix: "F", requirement: "6.1.2", rules: "401 402 403 404 405 406 407 501 502 503 504 505 506 507 508 509 521 522 523 524 525 541 601 602 621 622 631 632 633 634 701 702 704 706 707 722 811 821 822 823 841 842 901", defaults: "401 402 404 406 407 501 502 503 504 505 506 507 508 509 521 522 523 524 525 541 601 602 621 622 631 632 633 634 701 702 704 706 707 811 821 822 823 841 842 901" },
    Category { prefix: "E", requirement: "6.1.3", rules: "101 401 402 501 701 702 703 711 712 713 714 721 722 731 741 742 743 902", defaults: "722 902" },
    Category { prefix: "W", requirement: "6.1.3", rules: "191 291 292 293 505 605", defaults: "605" },
    Category { prefix: "I", requirement: "6.1.4", rules: "001 002", defaults: "001" },
    Category { prefix: "N", requirement: "6.1.5", rules: "801 802 803 804 805 806 807 811 812 813 814 815 816 817 818 999", defaults: "999" },
    Category { prefix: "D", requirement: "6.1.6", rules: "100 101 102 103 104 105 106 107 200 201 202 203 204 205 206 207 208 209 210 211 212 213 214 215 300 301 400 401 402 403 404 405 406 407 408 409 410 411 412 413 414 415 416 417 418 419", defaults: "419" },
    Category { prefix: "UP", requirement: "6.1.7", rules: "001 003 004 005 006 007 008 009 010 011 012 013 014 015 017 018 019 020 021 022 023 024 025 026 028 029 030 031 032 033 034 035 036 037 039 040 041 042 043 044 045 046 047 049 050", defaults: "001 003 004 005 006 007 008 009 010 011 012 014 017 018 019 020 021 022 023 024 025 026 028 029 030 031 032 033 034 035 036 037 039 040 041 043 044 045 046 047 049 050" },
    Category { prefix: "B", requirement: "6.1.8", rules: "002 003 004 005 006 007 008 009 010 011 012 013 014 015 016 017 018 019 020 021 022 023 024 025 026 027 028 029 030 031 032 033 034 035 039 904 905 911 912", defaults: "002 003 004 005 006 008 009 010 012 013 014 015 016 017 018 019 020 021 022 023 025 026 029 030 031 032 033 035 039" },
    Category { prefix: "SIM", requirement: "6.1.9", rules: "101 102 103 105 107 108 109 110 112 113 114 115 116 117 118 201 202 208 210 211 212 220 221 222 223 300 401 905 910 911", defaults: "101 102 103 107 113 114 115 117 118 201 202 208 210 211 220 221 222 223 401 905 911" },
    Category { prefix: "C4", requirement: "6.1.10", rules: "00 01 02 03 04 05 06 08 09 10 11 13 14 15 16 17 18 19 20", defaults: "00 01 02 03 04 05 06 08 09 10 11 13 14 15 17 18 19" },
    Category { prefix: "DTZ", requirement: "6.1.11", rules: "001 002 003 004 005 006 007 011 012 901", defaults: "002 003 004" },
    Category { prefix: "T20", requirement: "6.1.12", rules: "1 3", defaults: "" },
    Category { prefix: "S", requirement: "6.1.13", rules: "101 102 103 104 105 106 107 108 110 112 113 201 202 301 302 303 304 305 306 307 308 310 311 312 313 314 315 316 317 318 319 321 323 324 501 502 503 504 505 506 507 508 509 601 602 603 604 605 606 607 608 609 610 611 612 701 702 704", defaults: "102 110 112" },
    Category { prefix: "A", requirement: "6.1.14", rules: "001 002 003 004 005 006", defaults: "" },
    Category { prefix: "ANN", requirement: "6.1.15", rules: "001 002 003 201 202 204 205 206 401", defaults: "" },
    Category { prefix: "ASYNC", requirement: "6.1.16", rules: "100 105 109 110 115 116 210 212 220 221 222 230 240 250 251", defaults: "100 105 115 116 210 220 221 222 230 251" },
    Category { prefix: "PT", requirement: "6.1.17", rules: "001 002 003 006 007 008 009 010 011 012 013 014 015 016 017 018 019 020 021 022 023 024 025 026 027 028 030 031", defaults: "010 014 020 025 026 031" },
    Category { prefix: "RET", requirement: "6.1.18", rules: "501 502 503 504 505 506 507 508", defaults: "501" },
    Category { prefix: "PTH", requirement: "6.1.19", rules: "100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 121 122 123 124 201 202 203 204 205 206 207 208 210 211", defaults: "124 210" },
    Category { prefix: "PL", requirement: "6.1.20", rules: "C0105 C0131 C0132 C0205 C0206 C0207 C0208 C0414 C0415 C1802 C2401 C2403 C3002 E0100 E0101 E0115 E0116 E0117 E0118 E0237 E0241 E0302 E0303 E0304 E0305 E0307 E0308 E0309 E0604 E0605 E0643 E0704 E1132 E1142 E1205 E1206 E1300 E1307 E1310 E1507 E1519 E1520 E1700 E2502 E2510 E2512 E2513 E2514 E2515 R0124 R0133 R0206 R0402 R0911 R0912 R0913 R0915 R0917 R1704 R1708 R1711 R1714 R1716 R1722 R1730 R1733 R1736 R2004 R2044 R5501 W0108 W0120 W0127 W0128 W0129 W0131 W0133 W0177 W0211 W0245 W0406 W0602 W0603 W0604 W0642 W0711 W1501 W1507 W1508 W1509 W1510 W1641 W2101 W2901 W3301", defaults: "C0105 C0131 C0132 C0205 C0206 C0208 C0414 C3002 E0100 E0101 E0115 E0116 E0117 E0118 E0303 E0304 E0305 E0307 E0308 E0309 E0604 E0605 E0643 E0704 E1132 E1142 E1205 E1206 E1300 E1307 E1310 E1507 E1519 E1520 E1700 E2502 E2510 E2512 E2513 E2514 E2515 R0124 R0133 R0206 R0402 R1704 R1708 R1711 R1716 R1722 R1730 R1733 R1736 R2044 W0120 W0127 W0128 W0129 W0131 W0133 W0177 W0211 W0245 W0406 W0602 W0604 W0642 W0711 W1501 W1507 W1508 W1509 W1510 W2101" },
    Category { prefix: "TRY", requirement: "6.1.21", rules: "002 003 004 201 203 300 301 400 401", defaults: "002 004 201 203 401" },
    Category { prefix: "PERF", requirement: "6.1.22", rules: "101 102 203 401 402 403", defaults: "101 102 402" },
    Category { prefix: "RUF", requirement: "6.1.23", rules: "001 002 003 005 006 007 008 009 010 012 013 015 016 017 018 019 020 021 022 023 024 026 028 030 032 033 034 036 037 040 041 043 046 048 049 051 053 057 058 059 060 061 063 064 068 071 100 101 102 103 104 200", defaults: "007 008 009 010 012 013 015 016 017 018 019 020 022 023 024 026 028 030 032 033 034 040 041 046 048 049 051 053 057 058 059 063 068 100 101 200" },
];

impl Category {
    /// The codes of its stable rules.
    pub(crate) fn codes(&self) -> impl Iterator<Item = String> {
        self.rules.split(' ').map(|rest| format!("{}{rest}", self.prefix))
    }

    /// Whether a code is one of its stable rules.
    pub(crate) fn has(&self, code: &str) -> bool {
        code.strip_prefix(self.prefix).is_some_and(|rest| self.rules.split(' ').any(|rule| rule == rest))
    }

    /// Whether Ruff turns a rule on by itself since 0.16.
    pub(crate) fn is_default(&self, code: &str) -> bool {
        code.strip_prefix(self.prefix).is_some_and(|rest| self.defaults.split(' ').any(|rule| rule == rest))
    }
}
