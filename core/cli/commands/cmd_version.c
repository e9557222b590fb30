/* loam version */
#include "command.h"
#include "json.h"
#include "version.h"

#include <sys/utsname.h>

static const Option options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

static Str platform(Arena *arena) {
    struct utsname name;
    if (uname(&name) != 0)
        return STR("linux_amd64");
    const char *machine = strcmp(name.machine, "x86_64") == 0    ? "amd64"
                          : strcmp(name.machine, "aarch64") == 0 ? "arm64"
                                                                 : name.machine;
    return str_format(arena, "linux_%s", machine);
}

static int run(Cli *cli, const Arguments *arguments, Diags *diags) {
    (void)diags;
    if (!option_flag(arguments, "json")) {
        Str version = cli_name(cli)->is_other ? STR(VERSION_TERRAFORM) : cli->version;
        terminal_print("%s v%.*s\non %.*s\n", cli_name(cli)->title, STR_ARG(version),
                       STR_ARG(platform(cli->arena)));
        return 0;
    }
    StrBuf text = strbuf_new(cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 2);
    json_object_start(&writer);
    json_key_string(&writer, "terraform_version", STR(VERSION_TERRAFORM));
    if (!cli_name(cli)->is_other)
        json_key_string(&writer, "loam_version", cli->version);
    json_key_string(&writer, "platform", platform(cli->arena));
    json_key(&writer, STR("provider_selections"));
    json_object_start(&writer);
    json_object_end(&writer);
    if (str_equal_cstr(STR("terraform"), cli_name(cli)->name))
        json_key_bool(&writer, "terraform_outdated", false);
    json_object_end(&writer);
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
    return 0;
}

const Command cmd_version = {
    .name = "version",
    .summary = "Show the version",
    .usage = "[options]",
    .about = "Shows the version of this program.",
    .groups = {OPTION_GROUP(options), &option_view},
    .group_count = 2,
    .run = run,
};
