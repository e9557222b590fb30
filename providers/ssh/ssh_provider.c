/* ssh_provider: the provider of commands and files on machines reached by SSH. */
#include "ssh_provider.h"

#include "ssh_client.h"

/* clang-format off */
static const Attribute attributes[] = {
    {"user",        &TYPE_STRING, OPTIONAL,             "User for resources that name none; root if unset.", .check = ssh_client_check_user},
    {"private_key", &TYPE_STRING, OPTIONAL | SENSITIVE, "Private key for resources that give none, as text.", .check = ssh_client_check_private_key},
    {"port",        &TYPE_NUMBER, OPTIONAL,             "Port for resources that give none; 22 if unset.", .check = ssh_client_check_port},
    {"timeout",     &TYPE_STRING, OPTIONAL,             "How long resources wait for a machine that give no time; 5m if unset.", .check = duration_check},
    {"plan_timeout", &TYPE_STRING, OPTIONAL,            "How long a plan waits for one machine, connection and command together; 10s if unset. Data sources of a machine that does not answer are then read in the apply, and resources are taken to be as they were left.", .check = duration_check},
};
/* clang-format on */

static const ResourceType *const resources[] = {SSH_RESOURCES(PROVIDER_ROW)};
static const DataSourceType *const data_sources[] = {SSH_DATA_SOURCES(PROVIDER_ROW)};
static const EphemeralType *const ephemerals[] = {SSH_EPHEMERALS(PROVIDER_ROW)};

const Provider ssh_provider = {
    .name = "ssh",
    .address = "loam.internal/builtin/ssh",
    .description = "Commands and files on machines that are reached by SSH, with pinned host keys.",
    .schema = {SCHEMA_ATTRIBUTES(attributes),
               .description = "What resources use that say nothing else."},
    .configure = ssh_client_configure,
    .close = ssh_client_close,
    PROVIDER_RESOURCES(resources),
    PROVIDER_DATA_SOURCES(data_sources),
    PROVIDER_EPHEMERALS(ephemerals),
};
