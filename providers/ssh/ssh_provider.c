/* ssh_provider: the provider of commands and files on machines reached by SSH. */
#include "ssh_provider.h"

#include "ssh_client.h"

/* clang-format off */
static const Attribute attributes[] = {
    {"user",        &TYPE_STRING, OPTIONAL,             "Default user of resources (default root).", .check = ssh_client_check_user},
    {"private_key", &TYPE_STRING, OPTIONAL | SENSITIVE, "Default private key of resources, as text.", .check = ssh_client_check_private_key},
    {"port",        &TYPE_NUMBER, OPTIONAL,             "Default port of resources (default 22).", .check = ssh_client_check_port},
    {"timeout",     &TYPE_STRING, OPTIONAL,             "Default maximum duration of a connection attempt (default 5m).", .check = duration_check},
    {"plan_timeout", &TYPE_STRING, OPTIONAL,            "Maximum duration of connection and command on one machine during a plan (default 10s). If a machine does not respond in time, the apply reads its data sources, and the plan assumes that its resources did not change.", .check = duration_check},
};
/* clang-format on */

static const ResourceType *const resources[] = {SSH_RESOURCES(PROVIDER_ROW)};
static const DataSourceType *const data_sources[] = {SSH_DATA_SOURCES(PROVIDER_ROW)};
static const EphemeralType *const ephemerals[] = {SSH_EPHEMERALS(PROVIDER_ROW)};

const Provider ssh_provider = {
    .name = "ssh",
    .address = "loam.internal/builtin/ssh",
    .description = "Commands and files on machines, through SSH with pinned host keys.",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .description = "Defaults of the resources."},
    .configure = ssh_client_configure,
    .close = ssh_client_close,
    PROVIDER_RESOURCES(resources),
    PROVIDER_DATA_SOURCES(data_sources),
    PROVIDER_EPHEMERALS(ephemerals),
};
