//! The stable rules of Ruff 0.17.6, from `ruff rule --all --output-format json` and `ruff linter`, and which of them are on
//! without a selection, from `ruff check --isolated --show-settings`. Preview, deprecated and removed rules are left out.

/// The rules that Ruff has of one origin, which share the start of their codes.
pub struct Linter {
    /// The selector of all of them.
    pub prefix: &'static str,
    /// What follows the prefix in the code of each stable rule, sorted.
    rules: &'static str,
    /// The same of the rules that a configuration without `select` turns on since Ruff 0.16.
    defaults: &'static str,
}

/// All of them, sorted by prefix.
#[rustfmt::skip]
pub const LINTERS: &[Linter] = &[
    Linter { prefix: "A", rules: "001 002 003 004 005 006", defaults: "" },
    Linter { prefix: "AIR", rules: "001 002 301 302 303 311 312", defaults: "" },
    Linter { prefix: "ANN", rules: "001 002 003 201 202 204 205 206 401", defaults: "" },
    Linter { prefix: "ARG", rules: "001 002 003 004 005", defaults: "" },
    Linter { prefix: "ASYNC", rules: "100 105 109 110 115 116 210 212 220 221 222 230 240 250 251", defaults: "100 105 115 116 210 220 221 222 230 251" },
    Linter { prefix: "B", rules: "002 003 004 005 006 007 008 009 010 011 012 013 014 015 016 017 018 019 020 021 022 023 024 025 026 027 028 029 030 031 032 033 034 035 039 904 905 911 912", defaults: "002 003 004 005 006 008 009 010 012 013 014 015 016 017 018 019 020 021 022 023 025 026 029 030 031 032 033 035 039" },
    Linter { prefix: "BLE", rules: "001", defaults: "001" },
    Linter { prefix: "C4", rules: "00 01 02 03 04 05 06 08 09 10 11 13 14 15 16 17 18 19 20", defaults: "00 01 02 03 04 05 06 08 09 10 11 13 14 15 17 18 19" },
    Linter { prefix: "C90", rules: "1", defaults: "" },
    Linter { prefix: "COM", rules: "812 818 819", defaults: "" },
    Linter { prefix: "CPY", rules: "001", defaults: "" },
    Linter { prefix: "D", rules: "100 101 102 103 104 105 106 107 200 201 202 203 204 205 206 207 208 209 210 211 212 213 214 215 300 301 400 401 402 403 404 405 406 407 408 409 410 411 412 413 414 415 416 417 418 419", defaults: "419" },
    Linter { prefix: "DJ", rules: "001 003 006 007 008 012 013", defaults: "" },
    Linter { prefix: "DTZ", rules: "001 002 003 004 005 006 007 011 012 901", defaults: "002 003 004" },
    Linter { prefix: "E", rules: "101 401 402 501 701 702 703 711 712 713 714 721 722 731 741 742 743 902", defaults: "722 902" },
    Linter { prefix: "EM", rules: "101 102 103", defaults: "" },
    Linter { prefix: "ERA", rules: "001", defaults: "" },
    Linter { prefix: "EXE", rules: "001 002 003 004 005", defaults: "001 002 004 005" },
    Linter { prefix: "F", rules: "401 402 403 404 405 406 407 501 502 503 504 505 506 507 508 509 521 522 523 524 525 541 601 602 621 622 631 632 633 634 701 702 704 706 707 722 811 821 822 823 841 842 901", defaults: "401 402 404 406 407 501 502 503 504 505 506 507 508 509 521 522 523 524 525 541 601 602 621 622 631 632 633 634 701 702 704 706 707 811 821 822 823 841 842 901" },
    Linter { prefix: "FA", rules: "100 102", defaults: "100 102" },
    Linter { prefix: "FAST", rules: "001 002 003", defaults: "" },
    Linter { prefix: "FBT", rules: "001 002 003", defaults: "" },
    Linter { prefix: "FIX", rules: "001 002 003 004", defaults: "" },
    Linter { prefix: "FLY", rules: "002", defaults: "002" },
    Linter { prefix: "FURB", rules: "105 110 116 122 129 132 136 157 161 162 163 164 166 167 168 169 171 177 181 187 188 192", defaults: "105 122 129 132 136 157 161 162 163 166 167 168 169 177 181 188 192" },
    Linter { prefix: "G", rules: "001 002 003 004 010 101 201 202", defaults: "010 101 201 202" },
    Linter { prefix: "I", rules: "001 002", defaults: "001" },
    Linter { prefix: "ICN", rules: "001 002 003", defaults: "" },
    Linter { prefix: "INP", rules: "001", defaults: "" },
    Linter { prefix: "INT", rules: "001 002 003", defaults: "001 002 003" },
    Linter { prefix: "ISC", rules: "001 002 003 004", defaults: "004" },
    Linter { prefix: "LOG", rules: "001 002 004 007 009 014 015", defaults: "001 002 009 014 015" },
    Linter { prefix: "N", rules: "801 802 803 804 805 806 807 811 812 813 814 815 816 817 818 999", defaults: "999" },
    Linter { prefix: "NPY", rules: "001 002 003 201", defaults: "" },
    Linter { prefix: "PD", rules: "002 003 004 007 008 009 010 011 012 013 015 101", defaults: "" },
    Linter { prefix: "PERF", rules: "101 102 203 401 402 403", defaults: "101 102 402" },
    Linter { prefix: "PGH", rules: "003 004 005", defaults: "005" },
    Linter { prefix: "PIE", rules: "790 794 796 800 804 807 808 810", defaults: "790 794 796 800 804 807 808 810" },
    Linter { prefix: "PL", rules: "C0105 C0131 C0132 C0205 C0206 C0207 C0208 C0414 C0415 C1802 C2401 C2403 C3002 E0100 E0101 E0115 E0116 E0117 E0118 E0237 E0241 E0302 E0303 E0304 E0305 E0307 E0308 E0309 E0604 E0605 E0643 E0704 E1132 E1142 E1205 E1206 E1300 E1307 E1310 E1507 E1519 E1520 E1700 E2502 E2510 E2512 E2513 E2514 E2515 R0124 R0133 R0206 R0402 R0911 R0912 R0913 R0915 R0917 R1704 R1708 R1711 R1714 R1716 R1722 R1730 R1733 R1736 R2004 R2044 R5501 W0108 W0120 W0127 W0128 W0129 W0131 W0133 W0177 W0211 W0245 W0406 W0602 W0603 W0604 W0642 W0711 W1501 W1507 W1508 W1509 W1510 W1641 W2101 W2901 W3301", defaults: "C0105 C0131 C0132 C0205 C0206 C0208 C0414 C3002 E0100 E0101 E0115 E0116 E0117 E0118 E0303 E0304 E0305 E0307 E0308 E0309 E0604 E0605 E0643 E0704 E1132 E1142 E1205 E1206 E1300 E1307 E1310 E1507 E1519 E1520 E1700 E2502 E2510 E2512 E2513 E2514 E2515 R0124 R0133 R0206 R0402 R1704 R1708 R1711 R1716 R1722 R1730 R1733 R1736 R2044 W0120 W0127 W0128 W0129 W0131 W0133 W0177 W0211 W0245 W0406 W0602 W0604 W0642 W0711 W1501 W1507 W1508 W1509 W1510 W2101" },
    Linter { prefix: "PT", rules: "001 002 003 006 007 008 009 010 011 012 013 014 015 016 017 018 019 020 021 022 023 024 025 026 027 028 030 031", defaults: "010 014 020 025 026 031" },
    Linter { prefix: "PTH", rules: "100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 121 122 123 124 201 202 203 204 205 206 207 208 210 211", defaults: "124 210" },
    Linter { prefix: "PYI", rules: "001 002 003 004 005 006 007 008 009 010 011 012 013 014 015 016 017 018 019 020 021 024 025 026 029 030 032 033 034 035 036 041 042 043 044 045 046 047 048 049 050 051 052 053 054 055 056 057 058 059 061 062 063 064 066", defaults: "001 002 003 004 005 006 007 008 009 010 012 013 015 016 017 018 019 020 025 026 029 030 032 033 034 035 036 041 042 043 044 045 046 047 048 049 050 052 055 057 058 059 061 062 063 064 066" },
    Linter { prefix: "Q", rules: "000 001 002 003 004", defaults: "" },
    Linter { prefix: "RET", rules: "501 502 503 504 505 506 507 508", defaults: "501" },
    Linter { prefix: "RSE", rules: "102", defaults: "" },
    Linter { prefix: "RUF", rules: "001 002 003 005 006 007 008 009 010 012 013 015 016 017 018 019 020 021 022 023 024 026 028 030 032 033 034 036 037 040 041 043 046 048 049 051 053 057 058 059 060 061 063 064 068 071 100 101 102 103 104 200", defaults: "007 008 009 010 012 013 015 016 017 018 019 020 022 023 024 026 028 030 032 033 034 040 041 046 048 049 051 053 057 058 059 063 068 100 101 200" },
    Linter { prefix: "S", rules: "101 102 103 104 105 106 107 108 110 112 113 201 202 301 302 303 304 305 306 307 308 310 311 312 313 314 315 316 317 318 319 321 323 324 501 502 503 504 505 506 507 508 509 601 602 603 604 605 606 607 608 609 610 611 612 701 702 704", defaults: "102 110 112" },
    Linter { prefix: "SIM", rules: "101 102 103 105 107 108 109 110 112 113 114 115 116 117 118 201 202 208 210 211 212 220 221 222 223 300 401 905 910 911", defaults: "101 102 103 107 113 114 115 117 118 201 202 208 210 211 220 221 222 223 401 905 911" },
    Linter { prefix: "SLF", rules: "001", defaults: "" },
    Linter { prefix: "SLOT", rules: "000 001 002", defaults: "" },
    Linter { prefix: "T10", rules: "0", defaults: "0" },
    Linter { prefix: "T20", rules: "1 3", defaults: "" },
    Linter { prefix: "TC", rules: "001 002 003 004 005 006 007 010", defaults: "004 005 007 010" },
    Linter { prefix: "TD", rules: "001 002 003 004 005 006 007", defaults: "" },
    Linter { prefix: "TID", rules: "251 252 253 254 255", defaults: "" },
    Linter { prefix: "TRY", rules: "002 003 004 201 203 300 301 400 401", defaults: "002 004 201 203 401" },
    Linter { prefix: "UP", rules: "001 003 004 005 006 007 008 009 010 011 012 013 014 015 017 018 019 020 021 022 023 024 025 026 028 029 030 031 032 033 034 035 036 037 039 040 041 042 043 044 045 046 047 049 050", defaults: "001 003 004 005 006 007 008 009 010 011 012 014 017 018 019 020 021 022 023 024 025 026 028 029 030 031 032 033 034 035 036 037 039 040 041 043 044 045 046 047 049 050" },
    Linter { prefix: "W", rules: "191 291 292 293 505 605", defaults: "605" },
    Linter { prefix: "YTT", rules: "101 102 103 201 202 203 204 301 302 303", defaults: "101 102 103 201 202 203 204 301 302 303" },
];

impl Linter {
    /// The one whose rules begin with a prefix.
    pub fn named(prefix: &str) -> Option<&'static Self> {
        LINTERS.iter().find(|linter| linter.prefix == prefix)
    }

    /// The one that a rule's code belongs to.
    pub fn of(code: &str) -> Option<&'static Self> {
        LINTERS.iter().find(|linter| linter.has(code))
    }

    /// The codes of its stable rules.
    pub fn codes(&self) -> impl Iterator<Item = String> {
        self.rules.split(' ').map(|rest| format!("{}{rest}", self.prefix))
    }

    /// Whether a code is one of its stable rules.
    pub fn has(&self, code: &str) -> bool {
        code.strip_prefix(self.prefix).is_some_and(|rest| self.rules.split(' ').any(|rule| rule == rest))
    }

    /// Whether Ruff turns a rule on by itself since 0.16.
    pub fn is_default(&self, code: &str) -> bool {
        code.strip_prefix(self.prefix).is_some_and(|rest| self.defaults.split(' ').any(|rule| rule == rest))
    }
}
