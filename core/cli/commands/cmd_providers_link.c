/* loam providers link */
#include "command.h"
#include "provider_address.h"

/* One link to this program. */
typedef struct ProviderLink {
    Str address;
    Str version;
    Str directory; /* of the link, absolute */
} ProviderLink;

typedef VEC(ProviderLink) ProviderLinks;

static bool link_is_own(Str address) {
    return str_starts_with(address, STR("loam.internal/"));
}

/* Returns the version under which Terraform finds the provider: the release that it imitates, so
 * that constraints of configurations hold. */
static bool link_find_version(Cli *cli, Str name, Str *out, Diags *diags) {
    const Provider *provider;
    if (!registry_find(cli->registry, name, &provider, NO_RANGE, diags))
        return false;
    *out = provider->imitates ? str_from_cstr(provider->imitates) : cli->version;
    return true;
}

static bool link_add_link(Cli *cli, Str base, Str name, ProviderLinks *out, Diags *diags) {
    Arena *arena = cli->arena;
    ProviderLink link = {.version = cli->version};
    link.address = str_from_cstr(registry_row_address(cli->registry, name));
    if (!link_is_own(link.address) && !link_find_version(cli, name, &link.version, diags))
        return false;
    Str platform = provider_address_platform();
    link.directory = str_format(arena, "%.*s/%.*s/%.*s/%.*s", STR_ARG(base), STR_ARG(link.address),
                                STR_ARG(link.version), STR_ARG(platform));
    vec_push(arena, out, link);
    return true;
}

/* Terraform has a provider "terraform" itself, and accepts no other at its address. */
static bool link_check_name(Cli *cli, Str name, Diags *diags) {
    const char *address = registry_row_address(cli->registry, name);
    StrVec names = registry_names(cli->registry, cli->arena);
    if (!address) {
        Str hint = str_did_you_mean(name, names.items, names.count, cli->arena);
        return diags_fail(diags, NO_RANGE, "Unknown provider",
                          "loam has no provider \"%.*s\".%.*s The providers of loam are: %.*s.",
                          STR_ARG(name), STR_ARG(hint),
                          STR_ARG(str_join(names.items, names.count, STR(", "), cli->arena)));
    }
    if (!str_starts_with(str_from_cstr(address), STR("terraform.io/builtin/")))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Provider of Terraform itself",
        "Terraform contains the provider \"%.*s\", and accepts no other program for it.",
        STR_ARG(name));
}

static bool link_collect(Cli *cli, Str base, const Arguments *arguments, ProviderLinks *out,
                         Diags *diags) {
    StrVec names = registry_names(cli->registry, cli->arena);
    for (size_t i = 1; i < arguments->positionals.count; i++) {
        Str name = arguments->positionals.items[i];
        if (!link_check_name(cli, name, diags) || !link_add_link(cli, base, name, out, diags))
            return false;
    }
    if (out->count > 0)
        return true;
    vec_each(&names, name) {
        if (link_is_own(str_from_cstr(registry_row_address(cli->registry, *name))) &&
            !link_add_link(cli, base, *name, out, diags))
            return false;
    }
    return true;
}

static bool link_fail(Str path, int error, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Link not made", "\"%.*s\" cannot be made: %s.",
                      STR_ARG(path), strerror(-error));
}

/* Makes the link; replaces an older one, but no file. */
static bool link_make_link(Cli *cli, const ProviderLink *link, Str program, Diags *diags) {
    const Disk *disk = cli->io.disk;
    Str old;
    Str path =
        str_format(cli->arena, "%.*s/terraform-provider-%.*s_v%.*s", STR_ARG(link->directory),
                   STR_ARG(registry_local_name(link->address)), STR_ARG(link->version));
    int error = disk->make_directories(disk->self, link->directory, 0755);
    if (error == 0 && disk->read_link(disk->self, path, &old, cli->arena) == 0)
        error = disk->remove(disk->self, path);
    if (error == 0)
        error = disk->link(disk->self, program, path);
    return error == 0 || link_fail(path, error, diags);
}

static Str patterns(const ProviderLinks *links, Arena *arena) {
    StrVec quoted = {0};
    vec_each(links, link) {
        vec_push(arena, &quoted, str_format(arena, "\"%.*s\"", STR_ARG(link->address)));
    }
    return str_join(quoted.items, quoted.count, STR(",\n      "), arena);
}

static void link_show(const Cli *cli, Str base, const ProviderLinks *links) {
    StrBuf out = strbuf_new(cli->arena);
    Str all = patterns(links, cli->arena);
    strbuf_add_format(&out, "Providers in \"%.*s\":\n\n", STR_ARG(base));
    vec_each(links, link) {
        strbuf_add_format(&out, "- %.*s %.*s\n", STR_ARG(link->address), STR_ARG(link->version));
    }
    strbuf_add_format(&out,
                      "\nFor \"terraform init\", write this into the CLI configuration file of "
                      "Terraform (~/.terraformrc):\n\n"
                      "provider_installation {\n"
                      "  filesystem_mirror {\n"
                      "    path = \"%.*s\"\n"
                      "    include = [\n      %.*s\n    ]\n"
                      "  }\n"
                      "  direct {\n"
                      "    exclude = [\n      %.*s\n    ]\n"
                      "  }\n"
                      "}\n"
                      "\nOr, to use them without \"terraform init\" and the dependency lock "
                      "file:\n\n"
                      "provider_installation {\n"
                      "  dev_overrides {\n",
                      STR_ARG(base), STR_ARG(all), STR_ARG(all));
    vec_each(links, link) {
        strbuf_add_format(&out, "    \"%.*s\" = \"%.*s\"\n", STR_ARG(link->address),
                          STR_ARG(link->directory));
    }
    strbuf_add_cstr(&out, "  }\n  direct {}\n}\n");
    terminal_out(strbuf_str(&out));
}

static int link_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    const Disk *disk = cli->io.disk;
    ProviderLinks links = {0};
    Str program;
    if (arguments->positionals.count == 0) {
        diags_error(diags, NO_RANGE, "Directory required",
                    "Give the directory for the links: loam providers link DIRECTORY.");
        return 1;
    }
    Str base = disk_clean(disk_join(cli->started_in, arguments->positionals.items[0], cli->arena),
                          cli->arena);
    int error = disk->read_link(disk->self, STR("/proc/self/exe"), &program, cli->arena);
    if (error != 0) {
        (void)link_fail(base, error, diags);
        return 1;
    }
    if (!link_collect(cli, base, arguments, &links, diags))
        return 1;
    vec_each(&links, link) {
        if (!link_make_link(cli, link, program, diags))
            return 1;
    }
    link_show(cli, base, &links);
    return 0;
}

const Command cmd_providers_link = {
    .name = "link",
    .summary = "Let Terraform use the providers of loam",
    .usage = "DIRECTORY [NAME...]",
    .about =
        "Makes links to this program in a directory, in the layout of a filesystem mirror. Called "
        "by the name of such a link, terraform-provider-NAME, loam serves that provider to "
        "Terraform or OpenTofu. The command prints the CLI configuration with which they find the "
        "links.\n"
        "\n"
        "Without names, it links the providers whose addresses begin with loam.internal. The "
        "others replace providers of the registry, under the version that they imitate, so they "
        "are linked only if their name is given.",
    .example = "loam providers link ~/.terraform.d/plugins libvirt",
    .groups = {&option_view},
    .most_positionals = 100,
    .output_positional = 1,
    .run = link_run,
};
