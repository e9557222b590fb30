/* Parses command-line options, and defines the groups that commands share. */
#include "option.h"

static const Option view_options[] = {
    {"no-color", OPTION_FLAG, NULL, "Print without colours."},
    {"show-sensitive", OPTION_FLAG, NULL, "Print sensitive values, too."},
    {"details", OPTION_CHOICE, "full|short|titles|summary",
     "How much of the objects a plan shows: full, short (default; hides the contents of parts if "
     "an object changes more than 10), titles, or summary (numbers by action and type)."},
    {"compact-warnings", OPTION_FLAG, NULL,
     "Print only the summaries of warnings, if there are no errors."},
    {"consolidate-warnings", OPTION_FLAG_ON, NULL, "Print similar warnings once (default true)."},
    {"consolidate-errors", OPTION_FLAG, NULL, "Print similar errors once (default false)."},
    {"concise", OPTION_FLAG, NULL, "Omit progress messages."},
    {"deprecation", OPTION_TEXT, "MODULES",
     "Which modules' deprecation warnings to show: module:all (default), module:local, "
     "module:none."},
    {"exit-class", OPTION_FLAG, NULL,
     "End a failed command with the status of its class of errors: 75 a held lock or an "
     "unreachable "
     "server, 65 a wrong digest, 66 a stale plan, 77 a permission or policy, 78 an object whose "
     "creation is in doubt, 1 all others."},
    {"help", OPTION_FLAG, NULL, "Show this help."},
    {"h", OPTION_FLAG, NULL, NULL},
};

static const Option variable_options[] = {
    {"var", OPTION_TEXT, "NAME=VALUE", "Set a variable of the root module. May be repeated."},
    {"var-file", OPTION_PATH, "PATH", "Read variable values from a file. May be repeated."},
    {"input", OPTION_FLAG_ON, NULL, "Prompt for variables that have no value (default true)."},
};

#define LOCK_OPTIONS 3 /* the first rows of state_options, which option_lock has, too */

static const Option state_options[] = {
    {"lock", OPTION_FLAG_ON, NULL, "Lock the state during the operation (default true)."},
    {"lock-timeout", OPTION_TEXT, "DURATION",
     "How long to wait for a lock (default 0s: try once)."},
    {"take-lock-of-run", OPTION_FLAG, NULL,
     "Take the lock of another process with the same run in LOAM_LOCK_RUN, once it is not "
     "renewed."},
    {"state", OPTION_PATH, "PATH", "Use this state file instead of the configured one."},
    {"state-out", OPTION_OUTPUT, "PATH",
     "Write the state to this file instead of the one it was read from."},
    {"backup", OPTION_OUTPUT, "PATH", "Write the previous state to this file; - for no backup."},
};

/* clang-format off */
static const Option operation_options[] = {
    {"parallelism", OPTION_TEXT, "N", "Number of concurrent operations (default 10)."},
    {"refresh", OPTION_FLAG_ON, NULL,
     "Refresh the state from real objects first (default true). -refresh=full also compares "
     "objects that are unchanged since their last apply.", .more = "full"},
    {"refresh-only", OPTION_FLAG, NULL,
     "Only record changes made outside of loam; change no real object."},
    {"destroy", OPTION_FLAG, NULL, "Plan to destroy every managed object."},
    {"allow-deferral", OPTION_FLAG, NULL,
     "Defer what depends on unknown instances (count, for_each) to a later plan."},
    {"target", OPTION_ADDRESS, "ADDRESS",
     "Plan only this address and its dependencies. May be repeated."},
    {"target-file", OPTION_PATH, "PATH",
     "Read targets from a file, one address per line. May be repeated."},
    {"exclude", OPTION_ADDRESS, "ADDRESS",
     "Plan all but this address and its dependents. May be repeated."},
    {"exclude-file", OPTION_PATH, "PATH",
     "Read exclusions from a file, one address per line. May be repeated."},
    {"replace", OPTION_ADDRESS, "ADDRESS",
     "Replace this instance even if nothing changed. May be repeated."},
    {"invoke", OPTION_TEXT, "ADDRESS",
     "Invoke this action, or all its instances, and change no object; -target then limits the "
     "objects that are its caller."},
};
/* clang-format on */

static const Option test_options[] = {
    {"test-directory", OPTION_PATH, "PATH",
     "Directory of test files, in addition to the root module (default \"tests\")."},
};

static const Option environment_options[] = {
    {"env", OPTION_TEXT, "NAME", "Use this environment of the configuration (default: LOAM_ENV)."},
};

/* option_change has all rows, option_owner the first, option_protected the rest. */
static const Option change_options[] = {
    {"take-over", OPTION_TEXT, "NAMESPACE/NAME",
     "Change a state that belongs to this Stack; loam asks for the name."},
    {"approve-protected", OPTION_TEXT, "NAME", "Approve changes to this protected environment."},
};

const OptionGroup option_environment = {.options = environment_options,
                                        .count = ARRAY_COUNT(environment_options)};
const OptionGroup option_change = {.options = change_options, .count = ARRAY_COUNT(change_options)};
const OptionGroup option_owner = {.options = change_options, .count = 1};
const OptionGroup option_protected = {.options = change_options + 1,
                                      .count = ARRAY_COUNT(change_options) - 1};
const OptionGroup option_tests = {.options = test_options, .count = ARRAY_COUNT(test_options)};
const OptionGroup option_view = {.options = view_options, .count = ARRAY_COUNT(view_options)};
const OptionGroup option_variables = {.options = variable_options,
                                      .count = ARRAY_COUNT(variable_options)};
const OptionGroup option_lock = {.options = state_options, .count = LOCK_OPTIONS};
const OptionGroup option_state = {.options = state_options, .count = ARRAY_COUNT(state_options)};
const OptionGroup option_operation = {.options = operation_options,
                                      .count = ARRAY_COUNT(operation_options)};

static const Option *option_find(const OptionGroup *const *groups, Str name) {
    for (size_t i = 0; groups && groups[i]; i++) {
        for (size_t j = 0; j < groups[i]->count; j++) {
            if (str_equal_cstr(name, groups[i]->options[j].name))
                return &groups[i]->options[j];
        }
    }
    return NULL;
}

/* Finds the row of a flag in the command's groups, else in a shared group: functions used by many
 * commands read flags that some commands lack. */
static const Option *option_find_flag(const Arguments *arguments, Str name) {
    static const OptionGroup *const shared[] = {
        &option_view, &option_variables, &option_state, &option_operation, NULL,
    };
    const Option *own = option_find(arguments->groups, name);
    return own ? own : option_find(shared, name);
}

bool option_is_flag(const Option *option) {
    return option->kind == OPTION_FLAG || option->kind == OPTION_FLAG_ON;
}

static bool unknown_option(const OptionGroup *const *groups, Str name, Arena *arena, Diags *diags) {
    StrVec names = {0};
    for (size_t i = 0; groups[i]; i++) {
        for (size_t j = 0; j < groups[i]->count; j++)
            vec_push(arena, &names, str_from_cstr(groups[i]->options[j].name));
    }
    Str near = str_suggest(name, names.items, names.count);
    return diags_fail(
        diags, NO_RANGE, "Unknown option",
        "This command has no option \"-%.*s\".%s%.*s%s To list its options, use -help.",
        STR_ARG(name), near.len ? " Did you mean \"-" : "", STR_ARG(near), near.len ? "\"?" : "");
}

static bool option_parse_flag(const Option *option, Str *text, Diags *diags) {
    if (!text->ptr || str_equal(*text, STR("true")) || str_equal(*text, STR("1"))) {
        *text = STR("true");
        return true;
    }
    if (str_equal(*text, STR("false")) || str_equal(*text, STR("0"))) {
        *text = STR("false");
        return true;
    }
    if (option->more && str_equal_cstr(*text, option->more))
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid option value",
                      "The option \"-%s\" requires true%s%s, not \"%.*s\".", option->name,
                      option->more ? ", false or " : " or ", option->more ? option->more : "false",
                      STR_ARG(*text));
}

bool option_parse(const OptionGroup *const *groups, const StrVec *words, Arguments *out,
                  Arena *arena, Diags *diags) {
    bool ok = true;
    bool only_positionals = false;
    out->groups = groups;
    for (size_t i = 0; i < words->count; i++) {
        Str word = words->items[i];
        if (str_equal(word, STR("--")) && !only_positionals) {
            only_positionals = true;
            continue;
        }
        if (only_positionals || word.len < 2 || word.ptr[0] != '-') {
            vec_push(arena, &out->positionals, word);
            continue;
        }
        Str name = str_after(word, word.ptr[1] == '-' ? 2 : 1);
        Str text = {0};
        size_t equals = str_find_char(name, '=', 0);
        if (equals != SIZE_MAX) {
            text = str_after(name, equals + 1);
            name = str_slice(name, 0, equals);
        }
        const Option *option = option_find(groups, name);
        if (!option) {
            ok = unknown_option(groups, name, arena, diags);
            continue;
        }
        if (option_is_flag(option)) {
            ok = option_parse_flag(option, &text, diags) && ok;
        } else if (!text.ptr && i + 1 < words->count) {
            text = words->items[++i];
        } else if (!text.ptr) {
            diags_error(diags, NO_RANGE, "Missing option value",
                        "The option \"-%s\" requires a value: -%s=%s.", option->name, option->name,
                        option->value);
            ok = false;
        }
        vec_push(arena, &out->options, (OptionValue){option, text});
    }
    return ok;
}

Str option_text(const Arguments *arguments, const char *name) {
    Str found = {0};
    vec_each(&arguments->options, value) {
        if (strcmp(value->option->name, name) == 0)
            found = value->text;
    }
    return found;
}

bool option_is_given(const Arguments *arguments, const char *name) {
    return option_text(arguments, name).ptr != NULL;
}

bool option_flag(const Arguments *arguments, const char *name) {
    Str text = option_text(arguments, name);
    const Option *option = option_find_flag(arguments, str_from_cstr(name));
    CHECK(option && option_is_flag(option));
    return text.ptr ? !str_equal(text, STR("false")) : option->kind == OPTION_FLAG_ON;
}

bool option_split_words(Str text, StrVec *out, Arena *arena) {
    StrBuf word = strbuf_new(arena);
    bool in_word = false;
    char quote = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\' && quote != '\'' && i + 1 < text.len) {
            strbuf_add_char(&word, text.ptr[++i]);
            in_word = true;
        } else if (quote) {
            if (c == quote)
                quote = 0;
            else
                strbuf_add_char(&word, c);
        } else if (c == '"' || c == '\'') {
            quote = c;
            in_word = true;
        } else if (isspace((unsigned char)c)) {
            if (in_word)
                vec_push(arena, out, str_clone(strbuf_str(&word), arena));
            word = strbuf_new(arena);
            in_word = false;
        } else {
            strbuf_add_char(&word, c);
            in_word = true;
        }
    }
    if (in_word)
        vec_push(arena, out, strbuf_str(&word));
    return quote == 0;
}
