/* loam env promote */
#include "command_table.h"
#include "environment_promote.h"

static const Option options[] = {
    {"only", OPTION_TEXT, "NAME", "Promote only this variable. May be repeated."},
    {"branch", OPTION_TEXT, "NAME",
     "Create this git branch, switch to it, and commit the change there."},
};

static void promote_show(const EnvironmentPromotion *promotion, Arena *arena) {
    if (promotion->changes.count == 0)
        terminal_print("Nothing to promote: %.*s has the values of %.*s.\n",
                       STR_ARG(promotion->target), STR_ARG(promotion->source));
    else
        terminal_print(
            "Promoted from %.*s to %.*s, in %.*s:\n", STR_ARG(promotion->source),
            STR_ARG(promotion->target),
            STR_ARG(str_join(promotion->files.items, promotion->files.count, STR(", "), arena)));
    vec_each(&promotion->changes, change) {
        terminal_print("  %.*s\n", STR_ARG(*change));
    }
    if (promotion->left.count > 0)
        terminal_print(
            "Not promoted, because %.*s has no value of its own: %.*s.\n",
            STR_ARG(promotion->target),
            STR_ARG(str_join(promotion->left.items, promotion->left.count, STR(", "), arena)));
    if (promotion->branch.len > 0 && promotion->changes.count > 0)
        terminal_print("Committed on the branch \"%.*s\". Nothing was pushed.\n",
                       STR_ARG(promotion->branch));
}

static int promote_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    const StrVec *names = &arguments->positionals;
    if (names->count != 2 || str_equal(names->items[0], names->items[1])) {
        diags_error(diags, NO_RANGE, "Missing argument",
                    "env promote requires the names of two different environments: the source and "
                    "the target. To list them, run \"loam env list\".");
        return 1;
    }
    EnvironmentPromotion promotion = {
        .source = names->items[0],
        .target = names->items[1],
        .branch = option_text(arguments, "branch"),
    };
    vec_each(&arguments->options, option) {
        if (strcmp(option->option->name, "only") == 0)
            vec_push(cli->arena, &promotion.only, option->text);
    }
    if (!environment_promote(cli, arguments, &promotion, diags))
        return 1;
    promote_show(&promotion, cli->arena);
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
    .groups = {OPTION_GROUP(options), &option_variables, &option_view},
    .most_positionals = 2,
    .run = promote_run,
};
