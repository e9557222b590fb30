/* loam env promote: copies values of variables from one environment to another, by changing
 * literals in files: those of the target's `environments` block, or of its variables file. All
 * other bytes of the files stay as they are. */
#include "command_table.h"
#include "directory_file.h"
#include "environment_side.h"
#include "json.h"
#include "overlay_disk.h"
#include "project_git.h"
#include "vars_file.h"

#include <errno.h>

#define PROMOTE_SHOWN_BYTES 60 /* longest printed text of a value */

/* A replacement of bytes in a file. */
typedef struct Edit {
    const SourceText *source;
    uint32_t start, end;
    Str text;
    Str variable;
    Value value; /* the new value, to check the result */
} Edit;

typedef VEC(Edit) Edits;

typedef struct Promoting {
    const Cli *cli;
    const Arguments *arguments;
    Str source;
    Str target;
    StrVec only; /* names of variables; empty: all that differ */
    Str branch;  /* of git, for the commit; empty: no commit */
    const Config *config;
    Map values[2]; /* of source and target: name → EnvironmentValue */
    Edits edits;
    StrVec changes; /* a line per changed variable; secrets are hidden */
    StrVec left;    /* variables of the source for which the target has no literal */
    StrVec files;   /* changed files */
    Str commit;     /* that was applied in the source; empty: unknown */
    Arena *arena;
    Diags *diags;
} Promoting;

/* The source. */

static bool report_not_applied(const Promoting *promoting, const char *why) {
    Str source = promoting->source;
    return diags_fail(promoting->diags, NO_RANGE, "Source environment is not applied",
                      "Only values that work in \"%.*s\" are promoted, and %s. Run \"loam apply "
                      "-env %.*s\" until it succeeds, then promote.",
                      STR_ARG(source), why, STR_ARG(source));
}

/* The source must be as its last complete apply left it. */
static bool promote_check_source(Promoting *promoting) {
    SCOPED(EnvironmentSide) side = {0};
    if (!environment_side_open(&side, promoting->cli, promoting->arguments, promoting->source, true,
                               promoting->diags))
        return false;
    const State *state = side.project.state;
    const Plan *plan = side.result.plan;
    promoting->config = side.project.config;
    promoting->commit = str_clone(state->applied_commit, promoting->arena);
    if (side.project.found_journal)
        return report_not_applied(promoting, "its last run was interrupted");
    if (state->applied_variables.len == 0)
        return report_not_applied(promoting,
                                  "its last run was no complete apply that ended without errors");
    if (!str_equal(state->applied_variables, plan_variables_digest(plan, promoting->arena)))
        return report_not_applied(promoting, "the values of its variables have changed since its "
                                             "last apply");
    if (plan_is_applyable(plan))
        return report_not_applied(promoting, "its plan has changes now");
    return true;
}

/* The values of an environment. */

static void promote_add_value(Promoting *promoting, Map *out, const EnvironmentValue *value) {
    EnvironmentValue *kept = arena_new(promoting->arena, EnvironmentValue);
    *kept = *value;
    map_put(promoting->arena, out, value->name, kept);
}

static bool promote_add_file(Promoting *promoting, Map *out, const Environment *environment) {
    Arena *arena = promoting->arena;
    DirectoryFile file = {environment->variables_file, DISK_FILE, "Failed to read variables file"};
    VarsFileValues values = {0};
    Str bytes;
    if (!directory_file_read(promoting->cli->io.disk, &file, &bytes, arena, promoting->diags))
        return false;
    const SourceText *source = source_text_new(file.path, bytes, arena);
    if (!vars_file_read(source, &values, arena, promoting->diags))
        return false;
    vec_each(&values, value) {
        EnvironmentValue one = {value->name, value->value, value->name_range, value->range,
                                value->expr};
        promote_add_value(promoting, out, &one);
    }
    return true;
}

/* Values of the block override those of the file. */
static bool promote_collect_values(Promoting *promoting, Str name, Map *out) {
    const Environment *environment = map_find(&promoting->config->root->environments, name);
    *out = map_new(promoting->arena);
    if (!environment)
        return diags_fail(promoting->diags, NO_RANGE, "No such environment",
                          "The root module has no environment \"%.*s\". To list the environments, "
                          "run \"loam env list\".",
                          STR_ARG(name));
    if (environment->variables_file.len > 0 && !promote_add_file(promoting, out, environment))
        return false;
    vec_each(&environment->variables, value) {
        promote_add_value(promoting, out, value);
    }
    return true;
}

/* Literals. */

static bool is_literal(const Expr *expr);

static bool are_literals(const Expr *const *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!is_literal(items[i]))
            return false;
    }
    return true;
}

/* Returns whether the expression is written without operators, calls and names. */
static bool is_literal(const Expr *expr) {
    switch (expr->kind) {
    case EXPR_LITERAL: return true;
    case EXPR_TEMPLATE:
    case EXPR_TUPLE: return are_literals(expr->as.parts.items, expr->as.parts.count);
    case EXPR_OBJECT:
        for (size_t i = 0; i < expr->as.object.count; i++) {
            const ExprItem *item = &expr->as.object.items[i];
            if (!is_literal(item->key) || !is_literal(item->value))
                return false;
        }
        return true;
    case EXPR_UNARY:
        return expr->as.operation.operator== OPERATOR_NEGATE &&
            expr->as.operation.left->kind == EXPR_LITERAL;
    case EXPR_TRAVERSAL:
    case EXPR_ATTRIBUTE:
    case EXPR_INDEX:
    case EXPR_SPLAT:
    case EXPR_SPLAT_ITEM:
    case EXPR_CALL:
    case EXPR_BINARY:
    case EXPR_CONDITIONAL:
    case EXPR_FOR:
    case EXPR_PARENS:
    case EXPR_TEMPLATE_IF:
    case EXPR_TEMPLATE_FOR:
    case EXPR_UNREADABLE: break;
    }
    return false;
}

static bool is_native(const SourceText *source) {
    return str_ends_with(source->path, STR(".tf")) || str_ends_with(source->path, STR(".tofu")) ||
           str_ends_with(source->path, STR(".tfvars"));
}

static bool report_no_literal(const Promoting *promoting, const EnvironmentValue *value,
                              SourceRange range, const char *why) {
    return diags_fail(promoting->diags, range, "Value is no literal",
                      "The value of \"%.*s\" in \"%.*s\" cannot be replaced: %s. Write it as a "
                      "literal on one line, or change it by hand and leave it out with -only.",
                      STR_ARG(value->name), STR_ARG(promoting->target), why);
}

/* Extends a range inside of quotes to the quotes. */
static void include_quotes(SourceRange *range) {
    Str bytes = range->source->bytes;
    char before = range->start > 0 ? bytes.ptr[range->start - 1] : ' ';
    char first = range->start < bytes.len ? bytes.ptr[range->start] : ' ';
    bool has_quotes = range->end > range->start + 1 && (first == '"' || first == '\'') &&
                      bytes.ptr[range->end - 1] == first;
    if (!has_quotes && (before == '"' || before == '\'') && range->end < bytes.len &&
        bytes.ptr[range->end] == before) {
        range->start--;
        range->end++;
    }
}

/* Returns whether an anchor or a tag of YAML stands before the value on its line. */
static bool has_prefix(SourceRange range) {
    const char *bytes = range.source->bytes.ptr;
    uint32_t end = range.start;
    while (end > 0 && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t'))
        end--;
    uint32_t start = end;
    while (start > 0 && !strchr(" \t\n,[{", bytes[start - 1]))
        start--;
    return start < end && strchr("&!", bytes[start]);
}

/* Returns the place of the literal of a value. */
static bool find_literal(const Promoting *promoting, const EnvironmentValue *value,
                         SourceRange *out) {
    SourceRange range = source_range_resolve(value->range);
    if (!value->expr || !is_literal(value->expr) || !range.source)
        return report_no_literal(promoting, value, range, "it is an expression");
    include_quotes(&range);
    Str text = str_slice(range.source->bytes, range.start, range.end);
    if (text.len == 0 || memchr(text.ptr, '\n', text.len) || strchr("|>", text.ptr[0]) ||
        str_starts_with(text, STR("<<")))
        return report_no_literal(promoting, value, range, "it has more than one line");
    if (!is_native(range.source) && (strchr("*&!", text.ptr[0]) || has_prefix(range)))
        return report_no_literal(promoting, value, range, "it has an alias, an anchor or a tag");
    *out = range;
    return true;
}

/* In native syntax, "${" and "%{" in a text begin a sequence. */
static Str escape_sequences(Str json, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        if ((c == '$' || c == '%') && i + 1 < json.len && json.ptr[i + 1] == '{')
            strbuf_add_char(&out, c);
        strbuf_add_char(&out, c);
    }
    return strbuf_str(&out);
}

/* Returns whether the text means the same in each context of its syntax. */
static bool is_portable(Str text) {
    bool is_quoted = text.len > 1 && (text.ptr[0] == '"' || text.ptr[0] == '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (!is_quoted && !isalnum((unsigned char)text.ptr[i]) && !strchr("._-/+", text.ptr[i]))
            return false;
    }
    return text.len > 0 && (is_quoted || isalnum((unsigned char)text.ptr[0]));
}

/* Returns the new literal: as the source writes it, where both have one syntax, else as JSON. */
static Str literal_text(const Promoting *promoting, const EnvironmentValue *from,
                        const SourceText *into) {
    Arena *arena = promoting->arena;
    SourceRange range = source_range_resolve(from->range);
    StrBuf json = strbuf_new(arena);
    JsonWriter writer;
    if (from->expr && is_literal(from->expr) && range.source) {
        include_quotes(&range);
        Str text = str_slice(range.source->bytes, range.start, range.end);
        const char *dot = strrchr(str_to_cstr(range.source->path, arena), '.');
        if (dot && str_ends_with(into->path, str_from_cstr(dot)) && is_portable(text))
            return text;
    }
    json_writer_init(&writer, &json, 0);
    json_write_value(&writer, from->value);
    return is_native(into) ? escape_sequences(strbuf_str(&json), arena) : strbuf_str(&json);
}

static Str promote_shown(const Promoting *promoting, const EnvironmentValue *value) {
    const Variable *variable = map_find(&promoting->config->root->variables, value->name);
    return variable && variable->sensitive
               ? STR("(sensitive value)")
               : value_display(value->value, PROMOTE_SHOWN_BYTES, promoting->arena);
}

static bool promote_one(Promoting *promoting, Str name) {
    Arena *arena = promoting->arena;
    const EnvironmentValue *from = map_find(&promoting->values[0], name);
    const EnvironmentValue *to = map_find(&promoting->values[1], name);
    SourceRange range = {0};
    if (!to) {
        vec_push(arena, &promoting->left, name);
        return true;
    }
    if (value_equal(from->value, to->value))
        return true;
    if (!find_literal(promoting, to, &range))
        return false;
    Edit edit = {range.source, range.start, range.end, literal_text(promoting, from, range.source),
                 name,         from->value};
    vec_push(arena, &promoting->edits, edit);
    vec_push(arena, &promoting->changes,
             str_format(arena, "%.*s: %.*s → %.*s", STR_ARG(name),
                        STR_ARG(promote_shown(promoting, to)),
                        STR_ARG(promote_shown(promoting, from))));
    return true;
}

static bool promote_report_missing(const Promoting *promoting, size_t side, Str name) {
    Str environment = side == 0 ? promoting->source : promoting->target;
    const Environment *found = map_find(&promoting->config->root->environments, environment);
    return diags_fail(
        promoting->diags, found->range, "Value is no literal",
        "The environment \"%.*s\" has no value of \"%.*s\", neither in its block nor in its "
        "variables file, so it cannot be promoted. Write the value there first.",
        STR_ARG(environment), STR_ARG(name));
}

static bool promote_only(Promoting *promoting) {
    bool ok = true;
    vec_each(&promoting->only, name) {
        size_t side = map_has(&promoting->values[0], *name) ? 1 : 0;
        bool is_set = side == 1 && map_has(&promoting->values[1], *name);
        ok = (is_set ? promote_one(promoting, *name)
                     : promote_report_missing(promoting, side, *name)) &&
             ok;
    }
    return ok;
}

static bool promote_all(Promoting *promoting) {
    bool ok = true;
    map_each(&promoting->values[0], entry) {
        ok = promote_one(promoting, entry->key) && ok;
    }
    return ok;
}

/* The files. */

static int compare_edits(const void *a, const void *b) {
    const Edit *left = a, *right = b;
    int order = str_compare(left->source->path, right->source->path);
    return order ? order : left->start < right->start ? -1 : left->start > right->start;
}

/* Returns the new content of the file that the edits from `*at` on belong to. */
static PlanFileSource edited_file(const Edits *edits, size_t *at, Arena *arena) {
    const SourceText *source = edits->items[*at].source;
    StrBuf out = strbuf_new(arena);
    uint32_t done = 0;
    for (; *at < edits->count && str_equal(edits->items[*at].source->path, source->path); ++*at) {
        const Edit *edit = &edits->items[*at];
        strbuf_add(&out, str_slice(source->bytes, done, edit->start));
        strbuf_add(&out, edit->text);
        done = edit->end;
    }
    strbuf_add(&out, str_slice(source->bytes, done, source->bytes.len));
    return (PlanFileSource){source->path, strbuf_str(&out)};
}

/* Loads the new files, and compares the values that the target has then. */
static bool promote_check_result(Promoting *promoting, const PlanFileSources *files) {
    SCOPED(Project) project = {0};
    Cli target = *promoting->cli;
    target.environment = promoting->target;
    Disk disk = overlay_disk_new(target.io.disk, files, OVERLAY_ADD, promoting->arena);
    target.io.disk = &disk;
    Promoting after = *promoting;
    after.cli = &target;
    if (!project_load(&project, &target, promoting->arguments, &target.io, promoting->diags))
        return false;
    after.config = project.config;
    if (!promote_collect_values(&after, target.environment, &after.values[1]))
        return false;
    vec_each(&promoting->edits, edit) {
        const EnvironmentValue *value = map_find(&after.values[1], edit->variable);
        if (value && value_equal(value->value, edit->value))
            continue;
        SourceRange range = {edit->source, edit->start, edit->end};
        return diags_fail(promoting->diags, range, "Value not promoted",
                          "The value of \"%.*s\" could not be written here without changing its "
                          "meaning. Change it by hand.",
                          STR_ARG(edit->variable));
    }
    return true;
}

static bool write_files(Promoting *promoting, const PlanFileSources *files) {
    const Disk *disk = promoting->cli->io.disk;
    vec_each(files, file) {
        DiskStat stat = {.mode = 0644};
        (void)disk->stat(disk->self, file->path, &stat);
        bool is_outside = disk_outside_link(disk, file->path, promoting->cli->arena).len > 0;
        int status = is_outside
                         ? -ELOOP
                         : disk->write_file(disk->self, file->path, file->bytes, stat.mode & 0777);
        if (status == 0)
            continue;
        return diags_fail(promoting->diags, NO_RANGE, "File not written", "\"%.*s\": %s.",
                          STR_ARG(file->path), strerror(-status));
    }
    return true;
}

static Str commit_message(const Promoting *promoting, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    strbuf_add_format(&out, "Promote %.*s to %.*s\n\n", STR_ARG(promoting->source),
                      STR_ARG(promoting->target));
    vec_each(&promoting->changes, change) {
        strbuf_add_format(&out, "%.*s\n", STR_ARG(*change));
    }
    if (promoting->commit.len > 0)
        strbuf_add_format(&out, "\nApplied in %.*s at commit %.*s.\n", STR_ARG(promoting->source),
                          STR_ARG(promoting->commit));
    return strbuf_str(&out);
}

static bool promote_save(Promoting *promoting) {
    Arena *arena = promoting->arena;
    const Cli *cli = promoting->cli;
    PlanFileSources files = {0};
    qsort(promoting->edits.items, promoting->edits.count, sizeof(Edit), compare_edits);
    for (size_t at = 0; at < promoting->edits.count;) {
        vec_push(arena, &files, edited_file(&promoting->edits, &at, arena));
        vec_push(arena, &promoting->files, files.items[files.count - 1].path);
    }
    bool commits = promoting->branch.len > 0;
    if (!promote_check_result(promoting, &files) ||
        (commits &&
         !project_git_start_branch(cli, promoting->branch, &promoting->files, promoting->diags)) ||
        !write_files(promoting, &files))
        return false;
    return !commits || project_git_save(cli, commit_message(promoting, arena), &promoting->files,
                                        promoting->diags);
}

/* Fails, with an error and without any change, if the source is not completely applied: its last
 * run failed or was partial, its values differ from those of that run, or its plan is not empty.
 * Fails too if a value of the target is no literal. */
static bool promote(Promoting *promoting) {
    if (!promote_check_source(promoting) ||
        !promote_collect_values(promoting, promoting->source, &promoting->values[0]) ||
        !promote_collect_values(promoting, promoting->target, &promoting->values[1]))
        return false;
    bool ok = promoting->only.count > 0 ? promote_only(promoting) : promote_all(promoting);
    return ok && (promoting->edits.count == 0 || promote_save(promoting));
}

static const Option env_promote_options[] = {
    {"only", OPTION_TEXT, "NAME", "Promote only this variable. May be repeated."},
    {"branch", OPTION_TEXT, "NAME",
     "Create this git branch, switch to it, and commit the change there."},
};

static void promote_show(const Promoting *promoting, Arena *arena) {
    if (promoting->changes.count == 0)
        terminal_print("Nothing to promote: %.*s has the values of %.*s.\n",
                       STR_ARG(promoting->target), STR_ARG(promoting->source));
    else
        terminal_print(
            "Promoted from %.*s to %.*s, in %.*s:\n", STR_ARG(promoting->source),
            STR_ARG(promoting->target),
            STR_ARG(str_join(promoting->files.items, promoting->files.count, STR(", "), arena)));
    vec_each(&promoting->changes, change) {
        terminal_print("  %.*s\n", STR_ARG(*change));
    }
    if (promoting->left.count > 0)
        terminal_print(
            "Not promoted, because %.*s has no value of its own: %.*s.\n",
            STR_ARG(promoting->target),
            STR_ARG(str_join(promoting->left.items, promoting->left.count, STR(", "), arena)));
    if (promoting->branch.len > 0 && promoting->changes.count > 0)
        terminal_print("Committed on the branch \"%.*s\". Nothing was pushed.\n",
                       STR_ARG(promoting->branch));
}

static int promote_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    const StrVec *names = &arguments->positionals;
    if (names->count != 2 || str_equal(names->items[0], names->items[1])) {
        diags_error(diags, NO_RANGE, "Missing argument",
                    "env promote requires the names of two different environments: the source and "
                    "the target. To list them, run \"loam env list\".");
        return 1;
    }
    Promoting promoting = {
        .cli = cli,
        .arguments = arguments,
        .source = names->items[0],
        .target = names->items[1],
        .branch = option_text(arguments, "branch"),
        .arena = cli->arena,
        .diags = diags,
    };
    vec_each(&arguments->options, option) {
        if (strcmp(option->option->name, "only") == 0)
            vec_push(cli->arena, &promoting.only, option->text);
    }
    if (!promote(&promoting))
        return 1;
    promote_show(&promoting, cli->arena);
    return 0;
}

const Command cmd_env_promote = {
    .name = "promote",
    .summary = "Copy variable values to another environment",
    .usage = "[options] SOURCE TARGET",
    .about =
        "Copies the values of variables from one environment to another: replaces the literals in "
        "the target's environments block, or in its variables file, and nothing else in the file. "
        "The source must be applied completely and without errors, with an empty plan now. A value "
        "of the target that is no literal is an error. The command applies and pushes nothing.",
    .example = "loam env promote staging production",
    .groups = {OPTION_GROUP(env_promote_options), &option_variables, &option_view},
    .most_positionals = 2,
    .run = promote_run,
};
