/* keeper_main: connects the keeper's calls with the file for their responses. */
#include "main.h"

#include "keeper_server.h"
#include "outcome_file.h"

int keeper_main(Str plugin_directory, Arena *arena) {
    KeeperSink sink = outcome_file_sink(&disk_real, arena);
    return keeper_server_run(rpc_on_first_use(plugin_directory, arena), &sink);
}
