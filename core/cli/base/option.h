/* option: command-line options as tables. Help and shell completion are generated from the same
 * rows.
 *
 * Accepts -name and --name, -name=value and -name value (flags: -name=value only). Options and
 * positional arguments may be mixed. */
#pragma once

#include "diag.h"

typedef enum OptionKind {
    OPTION_FLAG,         /* false unless given */
    OPTION_FLAG_ON,      /* true unless given as false */
    OPTION_TEXT,         /* takes a value; completion offers nothing */
    OPTION_PATH,         /* takes a value: a file or directory */
    OPTION_OUTPUT,       /* takes a value: a file that the command writes */
    OPTION_ADDRESS,      /* takes a value: an address in the state */
    OPTION_CHOICE,       /* takes a value: one of those in `value`, "dot|svg" */
    OPTION_GROUP_CHOICE, /* takes a value: a choice of the group, a colon, and text */
} OptionKind;

typedef struct Option {
    const char *name;
    OptionKind kind;
    const char *value; /* as help shows it: "PATH", "dot|svg"; NULL for flags */
    const char *help;  /* NULL: hidden from help */
    const char *more;  /* of a flag: a value beside true and false, which counts as true; or NULL */
} Option;

typedef struct OptionGroup {
    const Option *options;
    size_t count;
    /* `choice` lists the values that an option of this group accepts, under `choices_title`; NULL:
     * none. Returns false past the last value. */
    const char *choices_title;
    bool (*choice)(size_t i, const char **name, const char **help);
} OptionGroup;

#define OPTION_GROUP(table)                                                                        \
    &(const OptionGroup) {                                                                         \
        .options = (table), .count = ARRAY_COUNT(table)                                            \
    }

typedef struct OptionValue {
    const Option *option;
    Str text; /* of a flag: "true", "false" or its row's `more` */
} OptionValue;

typedef struct Arguments {
    VEC(OptionValue) options; /* in the order given */
    StrVec positionals;
    const OptionGroup *const *groups; /* of the command, then NULL */
} Arguments;

/* Groups shared by several commands. */
extern const OptionGroup option_environment; /* -env */
extern const OptionGroup option_protected;   /* -approve-protected */
extern const OptionGroup option_owner;       /* -take-over */
extern const OptionGroup option_change;      /* both */
extern const OptionGroup option_view;        /* -no-color, -compact-warnings … */
extern const OptionGroup option_variables;   /* -var, -var-file */
extern const OptionGroup option_lock;        /* -lock, -lock-timeout, -take-lock-of-run */
extern const OptionGroup option_state;       /* those of option_lock, -state … */
extern const OptionGroup option_tests;       /* -test-directory */
extern const OptionGroup option_operation;   /* -parallelism, -refresh, -target … */

/* `groups` ends with NULL. */
MUST_USE bool option_parse(const OptionGroup *const *groups, const StrVec *words, Arguments *out,
                           Arena *arena, Diags *diags);
bool option_is_flag(const Option *option);
/* Returns the flag's last value, or the default of its row. The command's groups or a shared group
 * must have the row; anything else is a programming error. */
bool option_flag(const Arguments *arguments, const char *name);
/* Returns the option's last value; its ptr is NULL if the option is not given. */
Str option_text(const Arguments *arguments, const char *name);
bool option_is_given(const Arguments *arguments, const char *name);
/* Splits like a shell: at blanks, with quotes and backslashes. Returns false on an unclosed
 * quote. */
bool option_split_words(Str text, StrVec *out, Arena *arena);
