/* regex_class: writes a character class of RE2's syntax as one for PCRE2. */
#include "regex_class.h"

#define CODE_POINT_MAX  0x10FFFF
#define SURROGATE_FIRST 0xD800
#define SURROGATE_LAST  0xDFFF
#define LONG_S          0x17F  /* equals s if case is ignored */
#define KELVIN          0x212A /* equals k if case is ignored */

/* `ranges` holds pairs of first and last characters. */
typedef struct AsciiSet {
    const char *name;
    Str ranges;
} AsciiSet;

static const AsciiSet perl_sets[] = {
    {"d", STR_CONST("09")        },
    {"s", STR_CONST("\t\n\f\r  ")},
    {"w", STR_CONST("09AZaz__")  },
};

static const AsciiSet posix_sets[] = {
    {"alnum",  STR_CONST("09AZaz")        },
    {"alpha",  STR_CONST("AZaz")          },
    {"ascii",  STR_CONST("\0\177")        },
    {"blank",  STR_CONST("\t\t  ")        },
    {"cntrl",  STR_CONST("\0\037\177\177")},
    {"digit",  STR_CONST("09")            },
    {"graph",  STR_CONST("!~")            },
    {"lower",  STR_CONST("az")            },
    {"print",  STR_CONST(" ~")            },
    {"punct",  STR_CONST("!/:@[`{~")      },
    {"space",  STR_CONST("\t\r  ")        },
    {"upper",  STR_CONST("AZ")            },
    {"word",   STR_CONST("09AZaz__")      },
    {"xdigit", STR_CONST("09AFaf")        },
};

static const AsciiSet *find_set(const AsciiSet *sets, size_t count, Str name) {
    for (size_t i = 0; i < count; i++)
        if (str_equal_cstr(name, sets[i].name))
            return &sets[i];
    return NULL;
}

RegexClass regex_class_new(bool folds_case, Arena *arena) {
    return (RegexClass){.members = strbuf_new(arena), .folds_case = folds_case};
}

void regex_class_add_range(RegexClass *set, uint32_t low, uint32_t high) {
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
            regex_class_add_range(set, c, c);
    uint32_t low = 128;
    if (set->folds_case && is_member['s']) {
        regex_class_add_range(set, low, LONG_S - 1);
        low = LONG_S + 1;
    }
    if (set->folds_case && is_member['k']) {
        regex_class_add_range(set, low, KELVIN - 1);
        low = KELVIN + 1;
    }
    regex_class_add_range(set, low, CODE_POINT_MAX);
}

static bool add_ascii_set(RegexClass *set, const AsciiSet *found, bool is_negated) {
    if (!found)
        return false;
    if (is_negated) {
        add_complement(set, found->ranges);
        return true;
    }
    for (size_t i = 0; i < found->ranges.len; i += 2)
        regex_class_add_range(set, (uint32_t)found->ranges.ptr[i],
                              (uint32_t)found->ranges.ptr[i + 1]);
    return true;
}

bool regex_class_add_perl(RegexClass *set, char letter) {
    char name = (char)tolower((unsigned char)letter);
    const AsciiSet *found = find_set(perl_sets, ARRAY_COUNT(perl_sets), (Str){&name, 1});
    return add_ascii_set(set, found, name != letter);
}

bool regex_class_add_posix(RegexClass *set, Str name) {
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

bool regex_class_add_unicode(RegexClass *set, Str name, bool is_negated) {
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

Str regex_class_text(const RegexClass *set, Arena *arena) {
    Str members = strbuf_str(&set->members);
    if (!members.len)
        return set->is_negated ? STR("[\\x{0}-\\x{10ffff}]") : STR("[^\\x{0}-\\x{10ffff}]");
    return str_format(arena, "%s[%s%.*s]%s", set->folds_case ? "(?i:" : "",
                      set->is_negated ? "^" : "", STR_ARG(members), set->folds_case ? ")" : "");
}
