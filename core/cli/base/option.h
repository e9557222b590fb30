/* option: flags as rows of tables; help and completion are printed from the same rows.
 *
 * -name or --name, -name=value or -name value (not for flags). Options and positional arguments may
 * be mixed. */
#pragma once

#include "diag.h"

typedef enum OptionKind { OPTION_FLAG, OPTION_TEXT } OptionKind;

typedef struct Option {
    const char *name;
    OptionKind kind;
    const char *value; /* what stands behind it in help: "PATH"; or what may: "dot|svg" */
    const char *help;
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
bool option_flag(const Arguments *arguments,
                 const char *name,
                 bool fallback); /* the last one counts */
/* Empty (ptr NULL) when not given. */
Str option_text(const Arguments *arguments, const char *name);
bool option_is_given(const Arguments *arguments, const char *name);
/* Splits as a shell does: blanks, quotes, backslash. False: a quote is left open. */
bool option_split_words(Str text, StrVec *out, Arena *arena);
