/* regex_character: parses a character class of RE2's syntax and writes it for PCRE2. ASCII sets
 * such as \s and [[:word:]] are written as ranges, because PCRE2's sets contain other characters.
 */
#include "regex_character.h"

#define CODE_POINT_MAX  0x10FFFF
#define SURROGATE_FIRST 0xD800
#define SURROGATE_LAST  0xDFFF
#define LONG_S          0x17F  /* equals s if case is ignored */
#define KELVIN          0x212A /* equals k if case is ignored */

typedef struct RegexClass {
    StrBuf members;
    bool is_negated;
    bool folds_case;
} RegexClass;

/* `ranges` holds pairs of first and last characters. */
typedef struct AsciiSet {
    const char *name;
    Str ranges;
} AsciiSet;

static const AsciiSet perl_sets[] = {
    {"d", STR_CONST("09")},
    {"s", STR_CONST("\t\n\f\r  ")},
    {"w", STR_CONST("09AZaz__")},
};

static const AsciiSet posix_sets[] = {
    {"alnum", STR_CONST("09AZaz")},
    {"alpha", STR_CONST("AZaz")},
    {"ascii", STR_CONST("\0\177")},
    {"blank", STR_CONST("\t\t  ")},
    {"cntrl", STR_CONST("\0\037\177\177")},
    {"digit", STR_CONST("09")},
    {"graph", STR_CONST("!~")},
    {"lower", STR_CONST("az")},
    {"print", STR_CONST(" ~")},
    {"punct", STR_CONST("!/:@[`{~")},
    {"space", STR_CONST("\t\r  ")},
    {"upper", STR_CONST("AZ")},
    {"word", STR_CONST("09AZaz__")},
    {"xdigit", STR_CONST("09AFaf")},
};

static const AsciiSet *find_set(const AsciiSet *sets, size_t count, Str name) {
    for (size_t i = 0; i < count; i++)
        if (str_equal_cstr(name, sets[i].name))
            return &sets[i];
    return NULL;
}

static RegexClass class_new(bool folds_case, Arena *arena) {
    return (RegexClass){.members = strbuf_new(arena), .folds_case = folds_case};
}

/* Adds a range; both bounds are inclusive code points. */
static void add_range(RegexClass *set, uint32_t low, uint32_t high) {
    /* PCRE2 rejects surrogates as bounds; no text contains one. */
    if (low >= SURROGATE_FIRST && low <= SURROGATE_LAST)
        low = SURROGATE_LAST + 1;
    if (high >= SURROGATE_FIRST && high <= SURROGATE_LAST)
        high = SURROGATE_FIRST - 1;
    if (low > high)
        return;
    strbuf_add_format(&set->members, "\\x{%x}", low);
    if (high > low)
        strbuf_add_format(&set->members, "-\\x{%x}", high);
}

/* Adds all code points except those of the set and, if case is ignored, their equivalents. */
static void add_complement(RegexClass *set, Str ranges) {
    bool is_member[128] = {false};
    for (size_t i = 0; i < ranges.len; i += 2)
        for (unsigned char c = (unsigned char)ranges.ptr[i]; c <= (unsigned char)ranges.ptr[i + 1];
             c++)
            is_member[c] = true;
    for (int c = 'a'; set->folds_case && c <= 'z'; c++)
        is_member[c] = is_member[c - 'a' + 'A'] = is_member[c] || is_member[c - 'a' + 'A'];
    for (uint32_t c = 0; c < 128; c++)
        if (!is_member[c])
            add_range(set, c, c);
    uint32_t low = 128;
    if (set->folds_case && is_member['s']) {
        add_range(set, low, LONG_S - 1);
        low = LONG_S + 1;
    }
    if (set->folds_case && is_member['k']) {
        add_range(set, low, KELVIN - 1);
        low = KELVIN + 1;
    }
    add_range(set, low, CODE_POINT_MAX);
}

static bool add_ascii_set(RegexClass *set, const AsciiSet *found, bool is_negated) {
    if (!found)
        return false;
    if (is_negated) {
        add_complement(set, found->ranges);
        return true;
    }
    for (size_t i = 0; i < found->ranges.len; i += 2)
        add_range(set, (uint32_t)found->ranges.ptr[i], (uint32_t)found->ranges.ptr[i + 1]);
    return true;
}

/* Adds the set of `\d`, `\S` and so on. Returns false if the letter names no set. */
static bool add_perl_set(RegexClass *set, char letter) {
    char name = (char)tolower((unsigned char)letter);
    const AsciiSet *found = find_set(perl_sets, ARRAY_COUNT(perl_sets), (Str){&name, 1});
    return add_ascii_set(set, found, name != letter);
}

/* Adds the set of [:alpha:] or [:^alpha:]; `name` has no colons. */
static bool add_posix_set(RegexClass *set, Str name) {
    bool is_negated = str_starts_with(name, STR("^"));
    const AsciiSet *found =
        find_set(posix_sets, ARRAY_COUNT(posix_sets), str_after(name, is_negated));
    return add_ascii_set(set, found, is_negated);
}

static bool is_category(Str name) {
    static const char *const minors[] = {"Ccfos",    "Llmotu", "Mcen", "Ndlo",
                                         "Pcdefios", "Sckmo",  "Zlps"};
    if (name.len == 0 || name.len > 2)
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(minors); i++)
        if (name.ptr[0] == minors[i][0])
            return name.len == 1 || strchr(minors[i] + 1, name.ptr[1]);
    return false;
}

/* Returns true for full names of scripts. PCRE2 also accepts other spellings, and abbreviations of
 * four letters. */
static bool is_script(Str name) {
    static const char *const short_names[] = {"Ahom", "Cham", "Kawi", "Lisu", "Miao", "Modi", "Mro",
                                              "Newa", "Nko",  "Thai", "Toto", "Vai",  "Yi"};
    if (name.len <= 4) {
        for (size_t i = 0; i < ARRAY_COUNT(short_names); i++)
            if (str_equal_cstr(name, short_names[i]))
                return true;
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        bool begins = i == 0 || name.ptr[i - 1] == '_';
        if (begins ? !isupper((unsigned char)name.ptr[i])
                   : !islower((unsigned char)name.ptr[i]) && name.ptr[i] != '_')
            return str_equal(name, STR("SignWriting"));
    }
    return true;
}

/* Adds a Unicode general category or script. */
static bool add_unicode_set(RegexClass *set, Str name, bool is_negated) {
    if (str_starts_with(name, STR("^"))) {
        is_negated = !is_negated;
        name = str_after(name, 1);
    }
    bool has_case = name.len == 2 && name.ptr[0] == 'L' && strchr("ult", name.ptr[1]);
    if (set->folds_case && has_case)
        name = STR("L&");
    else if (!is_category(name) && !is_script(name) && !str_equal(name, STR("Any")))
        return false;
    /* Without "sc:" PCRE2 includes the script's extensions. */
    strbuf_add_format(&set->members, "\\%c{%s%.*s}", is_negated ? 'P' : 'p',
                      is_script(name) ? "sc:" : "", STR_ARG(name));
    return true;
}

/* Returns one class, to which a repetition may be appended. */
static Str class_text(const RegexClass *set, Arena *arena) {
    Str members = strbuf_str(&set->members);
    if (!members.len)
        return set->is_negated ? STR("[\\x{0}-\\x{10ffff}]") : STR("[^\\x{0}-\\x{10ffff}]");
    return str_format(arena, "%s[%s%.*s]%s", set->folds_case ? "(?i:" : "",
                      set->is_negated ? "^" : "", STR_ARG(members), set->folds_case ? ")" : "");
}

Str regex_character_literal(uint32_t code_point, bool folds_case, Arena *arena) {
    if (code_point < 0x80 && !folds_case && isalnum((int)code_point))
        return str_format(arena, "%c", (char)code_point);
    RegexClass set = class_new(folds_case, arena);
    add_range(&set, code_point, code_point);
    return class_text(&set, arena);
}

/* Reads the digits after \x: two, or any number in braces. */
static bool parse_hex(RegexScanner *scanner, uint32_t *out) {
    bool is_braced = regex_scanner_accept(scanner, STR("{"));
    size_t digits = 0;
    *out = 0;
    while (isxdigit((unsigned char)regex_scanner_peek(scanner, 0)) && (is_braced || digits < 2)) {
        char c = (char)tolower((unsigned char)regex_scanner_peek(scanner, 0));
        *out = *out * 16 + (uint32_t)(isdigit((unsigned char)c) ? c - '0' : c - 'a' + 10);
        if (*out > 0x10FFFF)
            return false;
        scanner->at++;
        digits++;
    }
    return is_braced ? digits && regex_scanner_accept(scanner, STR("}")) : digits == 2;
}

static bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

static bool parse_octal(RegexScanner *scanner, uint32_t *out) {
    *out = 0;
    for (size_t i = 0; i < 3 && is_octal(regex_scanner_peek(scanner, 0)); i++)
        *out = *out * 8 + (uint32_t)(scanner->text.ptr[scanner->at++] - '0');
    return true;
}

/* Reads a backslash sequence that stands for one character. */
static bool parse_escape(RegexScanner *scanner, uint32_t *out) {
    static const char controls[] = "a\af\fn\nr\rt\tv\v";
    size_t start = scanner->at++;
    if (regex_scanner_is_at_end(scanner))
        return regex_scanner_fail(scanner, "trailing backslash at end of expression",
                                  regex_scanner_part(scanner, start));
    char c = regex_scanner_peek(scanner, 0);
    if (c == '0' || (is_octal(c) && is_octal(regex_scanner_peek(scanner, 1))))
        return parse_octal(scanner, out);
    uint32_t code_point = regex_scanner_next(scanner);
    const char *control = code_point < 0x80 && c ? strchr(controls, c) : NULL;
    if (c == 'x' && parse_hex(scanner, out))
        return true;
    if (control && isalpha((unsigned char)c)) {
        *out = (uint32_t)control[1];
        return true;
    }
    *out = code_point;
    return (code_point < 0x80 && !isalnum((unsigned char)c)) ||
           regex_scanner_fail(scanner, "invalid escape sequence",
                              regex_scanner_part(scanner, start));
}

/* Reads \pN, \p{Name} or \P…. */
static bool parse_unicode_class(RegexScanner *scanner, RegexClass *set) {
    size_t start = scanner->at;
    bool is_negated = regex_scanner_peek(scanner, 1) == 'P';
    scanner->at += 2;
    size_t name = scanner->at;
    if (regex_scanner_accept(scanner, STR("{"))) {
        size_t end = str_find_char(scanner->text, '}', scanner->at);
        scanner->at = end == SIZE_MAX ? scanner->text.len : end + 1;
        if (end != SIZE_MAX &&
            add_unicode_set(set, str_slice(scanner->text, name + 1, end), is_negated))
            return true;
    } else if (!regex_scanner_is_at_end(scanner)) {
        regex_scanner_next(scanner);
        if (add_unicode_set(set, regex_scanner_part(scanner, name), is_negated))
            return true;
    }
    return regex_scanner_fail(scanner, "invalid character class range",
                              regex_scanner_part(scanner, start));
}

/* Reads a named set: \pN or \d. *found is false if none is here. */
static bool parse_named_set(RegexScanner *scanner, RegexClass *set, bool *found) {
    char c = regex_scanner_peek(scanner, 0) == '\\' ? regex_scanner_peek(scanner, 1) : '\0';
    *found = true;
    if (c == 'p' || c == 'P')
        return parse_unicode_class(scanner, set);
    *found = c && add_perl_set(set, c);
    if (*found)
        scanner->at += 2;
    return true;
}

/* Reads [:alpha:] within a class. */
static bool parse_posix_set(RegexScanner *scanner, RegexClass *set, bool *found) {
    size_t end = str_find(scanner->text, STR(":]"), scanner->at + 2);
    size_t start = scanner->at;
    *found = str_starts_with(str_after(scanner->text, scanner->at), STR("[:")) && end != SIZE_MAX;
    if (!*found)
        return true;
    scanner->at = end + 2;
    return add_posix_set(set, str_slice(scanner->text, start + 2, end)) ||
           regex_scanner_fail(scanner, "invalid character class range",
                              regex_scanner_part(scanner, start));
}

static bool parse_class_character(RegexScanner *scanner, size_t class_start, uint32_t *out) {
    if (regex_scanner_is_at_end(scanner))
        return regex_scanner_fail(scanner, "missing closing ]",
                                  str_after(scanner->text, class_start));
    if (regex_scanner_peek(scanner, 0) == '\\')
        return parse_escape(scanner, out);
    *out = regex_scanner_next(scanner);
    return true;
}

static bool parse_class_range(RegexScanner *scanner, size_t class_start, RegexClass *set) {
    size_t start = scanner->at;
    uint32_t low;
    if (!parse_class_character(scanner, class_start, &low))
        return false;
    uint32_t high = low;
    bool is_range = regex_scanner_peek(scanner, 0) == '-' &&
                    regex_scanner_peek(scanner, 1) != ']' && scanner->at + 1 < scanner->text.len;
    if (is_range) {
        scanner->at++;
        if (!parse_class_character(scanner, class_start, &high))
            return false;
    }
    if (high < low)
        return regex_scanner_fail(scanner, "invalid character class range",
                                  regex_scanner_part(scanner, start));
    add_range(set, low, high);
    return true;
}

/* Reads a class in brackets. */
static bool parse_class(RegexScanner *scanner, RegexClass *set) {
    size_t start = scanner->at++;
    set->is_negated = regex_scanner_accept(scanner, STR("^"));
    bool is_first = true;
    while (is_first || regex_scanner_peek(scanner, 0) != ']') {
        bool found = false;
        is_first = false;
        if (regex_scanner_is_at_end(scanner))
            return regex_scanner_fail(scanner, "missing closing ]",
                                      str_after(scanner->text, start));
        if (!parse_posix_set(scanner, set, &found) ||
            (!found && !parse_named_set(scanner, set, &found)) ||
            (!found && !parse_class_range(scanner, start, set)))
            return false;
    }
    scanner->at++;
    return true;
}

bool regex_character_parse(RegexScanner *scanner, bool folds_case, Str *out) {
    RegexClass set = class_new(folds_case, scanner->arena);
    bool is_set = regex_scanner_peek(scanner, 0) == '[';
    uint32_t code_point;
    if (!(is_set ? parse_class(scanner, &set) : parse_named_set(scanner, &set, &is_set)))
        return false;
    if (is_set) {
        *out = class_text(&set, scanner->arena);
        return true;
    }
    if (regex_scanner_peek(scanner, 0) != '\\')
        code_point = regex_scanner_next(scanner);
    else if (!parse_escape(scanner, &code_point))
        return false;
    *out = regex_character_literal(code_point, folds_case, scanner->arena);
    return true;
}
