/* option: flags as rows of tables; help and completion are printed from the same rows.
 *
 * -name or --name, -name=value or -name value (not for flags). Options and positional arguments may
 * be mixed. */
#pragma once

#include "diag.h"

typedef enum OptionKind {
    OPTION_FLAG,         /* false unless given */
    OPTION_FLAG_ON,      /* true unless given as false */
    OPTION_TEXT,         /* has a value, which completion does not know */
    OPTION_PATH,         /* has a value: a file or directory */
    OPTION_ADDRESS,      /* has a value: an address in the state */
    OPTION_CHOICE,       /* has a value: one of the words in `value`, "dot|svg" */
    OPTION_GROUP_CHOICE, /* has a value: one of the group's choices, a colon, and more */
} OptionKind;

typedef struct Option {
    const char *name;
    OptionKind kind;
    const char *value; /* as help shows it: "PATH", "dot|svg"; NULL for flags */
    const char *help;  /* NULL: not shown */
} Option;

typedef struct OptionGroup {
    const Option *options;
    size_t count;
    /* What may stand as one of their values; NULL: nothing to list. False: there is no i-th. */
    const char *choices_title;
    bool (*choice)(size_t i, const char **name, const char **help);
} OptionGroup;

#define OPTION_GROUP(table)                                                                        \
    &(const OptionGroup) {                                                                         \
        .options = (table), .count = ARRAY_COUNT(table)                                            \
    }

typedef struct OptionValue {
    const Option *option;
    Str text; /* of a flag: "true" or "false" */
} OptionValue;

typedef struct Arguments {
    VEC(OptionValue) options; /* in the order given */
    StrVec positionals;
    const OptionGroup *const *groups; /* that the command has */
    size_t group_count;
} Arguments;

/* Groups that several commands share. */
extern const OptionGroup option_environment; /* -env */
extern const OptionGroup option_protected;   /* -approve-protected */
extern const OptionGroup option_view;        /* -no-color, -compact-warnings … */
extern const OptionGroup option_variables;   /* -var, -var-file */
extern const OptionGroup option_lock;        /* -lock, -lock-timeout */
extern const OptionGroup option_state;       /* -lock, -lock-timeout, -state … */
extern const OptionGroup option_tests;       /* -test-directory */
extern const OptionGroup option_operation;   /* -parallelism, -refresh, -target … */

MUST_USE bool option_parse(const OptionGroup *const *groups,
                           size_t group_count,
                           const StrVec *words,
                           Arguments *out,
                           Arena *arena,
                           Diags *diags);
bool option_is_flag(const Option *option);
/* Returns the flag's last value, or the default of its row. The row is one of the command or of a
 * shared group; a name without a row is a programming error. */
bool option_flag(const Arguments *arguments, const char *name);
/* Empty (ptr NULL) when not given. */
Str option_text(const Arguments *arguments, const char *name);
bool option_is_given(const Arguments *arguments, const char *name);
/* Splits as a shell does: blanks, quotes, backslash. False: a quote is left open. */
bool option_split_words(Str text, StrVec *out, Arena *arena);
