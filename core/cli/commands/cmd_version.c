/* loam version */
#include "command.h"
#include "dependency_lock.h"
#include "json.h"
#include "provider_address.h"

static const Option version_options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

/* The versions that the dependency lock file selects; an unreadable file counts as none. */
static DependencyLock cmd_version_read_lock(const Cli *cli) {
    DependencyLock lock = {0};
    Diags ignored = diags_new(cli->arena);
    if (!dependency_lock_read(&cli->io, STR("."), &lock, cli->arena, &ignored))
        lock = (DependencyLock){0};
    return lock;
}

static void print_text(const Cli *cli, const DependencyLock *lock) {
    const CliName *name = cli_name(cli);
    Str version = name->is_other ? str_from_cstr(name->version) : cli->version;
    terminal_print("%s v%.*s\non %.*s\n", name->title, STR_ARG(version),
                   STR_ARG(provider_address_platform()));
    vec_each(&lock->entries, entry) {
        terminal_print("+ provider %.*s v%.*s\n", STR_ARG(entry->address), STR_ARG(entry->version));
    }
}

static int cmd_version_run(Cli *cli, const Arguments *arguments, Diags *) {
    DependencyLock lock = cmd_version_read_lock(cli);
    if (!option_flag(arguments, "json")) {
        print_text(cli, &lock);
        return 0;
    }
    StrBuf text = strbuf_new(cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 2);
    json_object_start(&writer);
    json_key_string(&writer, "terraform_version", str_from_cstr(cli_name(cli)->version));
    if (!cli_name(cli)->is_other)
        json_key_string(&writer, "loam_version", cli->version);
    json_key_string(&writer, "platform", provider_address_platform());
    json_key_object(&writer, "provider_selections");
    vec_each(&lock.entries, entry) {
        json_key(&writer, entry->address);
        json_write_string(&writer, entry->version);
    }
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
    .about =
        "Shows the version of this program, and the provider versions of the dependency lock file.",
    .example = "loam version -json",
    .groups = {OPTION_GROUP(version_options), &option_view},
    .run = cmd_version_run,
};
