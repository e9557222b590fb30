#include "local_provider.h"

#include <errno.h>

static const ObjectType *const types[] = {LOCAL_TYPES(PROVIDER_ROW)};

static bool direxists(const Call *call, const FunctionRequest *request, FunctionResponse *response,
                      Diags *diags) {
    DiskStat stat;
    const Disk *disk = call->io->disk;
    Str path = value_text(request->arguments[0]);
    int error = disk->stat(disk->self, path, &stat);
    if ((error == 0 && stat.kind == DISK_DIRECTORY) || error == -ENOENT) {
        response->result = value_bool(error == 0);
        return true;
    }
    response->failed_argument = 0;
    return diags_fail(diags, NO_RANGE, "Invalid function argument", "\"%.*s\": %s.", STR_ARG(path),
                      error ? strerror(-error) : "not a directory");
}

static const ProviderParameter direxists_parameters[] = {{.name = "path", .type = &TYPE_STRING}};
static const ProviderFunction functions[] = {
    {
        .name = "direxists",
        .parameters = direxists_parameters,
        .parameter_count = ARRAY_COUNT(direxists_parameters),
        .type = &TYPE_BOOL,
        .run = direxists,
        .description = "Whether the path is a directory; false if it does not exist.",
        .example = "provider::local::direxists(\"/\") = true",
    },
};

const Provider local_provider = {
    .name = "local",
    .address = "registry.terraform.io/hashicorp/local",
    .imitates = "2.9.0",
    .description = "Local files and programs.",
    PROVIDER_TYPES(types),
    PROVIDER_FUNCTIONS(functions),
};
