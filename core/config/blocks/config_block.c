/* The table of block types. */
#include "config_block.h"

const ConfigBlock *const config_block_types[] = {
    &config_terraform, &config_loam,   &config_provider,    &config_variable,
    &config_local,     &config_output, &config_resource,    &config_data,
    &config_ephemeral, &config_module, &config_moved,       &config_removed,
    &config_import,    &config_check,  &config_environment, &config_language,
};

const size_t config_block_type_count = ARRAY_COUNT(config_block_types);
