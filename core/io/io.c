#include "io.h"

Io io_real(void) {
    return (Io){
        .disk = &disk_real,
        .clock = &clock_real,
        .process = &process_real,
        .ssh = &ssh_real,
        .http = &http_real,
        .database = &database_real,
        .rpc = &rpc_real,
    };
}
