/* The tables of block types. */
#include "config_block.h"

#define CONFIG_BLOCK_ROW(type) &(type),
static const ConfigBlock *const types[] = {CONFIG_BLOCKS(CONFIG_BLOCK_ROW)};
static const ConfigBlock *const query_types[] = {CONFIG_QUERY_BLOCKS(CONFIG_BLOCK_ROW)};
const ConfigBlocks config_blocks = {types, ARRAY_COUNT(types)};
const ConfigBlocks config_query_blocks = {query_types, ARRAY_COUNT(query_types)};
