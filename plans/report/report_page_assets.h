/* report_page_assets: the style sheet and the scripts of report pages. */
#pragma once

extern const char report_page_style[];
extern const char report_page_script[];
extern const char report_page_timeline_script[];
