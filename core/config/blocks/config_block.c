/* The table of block types. */
#include "config_block.h"

#define CONFIG_BLOCK_ROW(type) &(type),
const ConfigBlock *const config_block_types[] = {CONFIG_BLOCKS(CONFIG_BLOCK_ROW)};
const size_t config_block_type_count = ARRAY_COUNT(config_block_types);
