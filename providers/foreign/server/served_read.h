/* served_read: the calls of data sources, ephemeral resources and functions. */
#pragma once

#include "served_call.h"

void served_read_data(ServedCall *call);
void served_read_open(ServedCall *call);
void served_read_renew(ServedCall *call);
void served_read_close(ServedCall *call);
void served_read_function(ServedCall *call);
