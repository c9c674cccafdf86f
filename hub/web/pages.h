/* pages.h - the pages of the web, one function each (web.h). */
#ifndef LT_WEB_PAGES_H
#define LT_WEB_PAGES_H

#include "hub/web/web.h"

lt_page lt_page_home, lt_page_login, lt_page_logout, lt_page_asset;
lt_page lt_page_needs, lt_page_units, lt_page_unit, lt_page_act;
lt_page lt_page_overview, lt_page_compare, lt_page_figures, lt_page_records, lt_page_update,
    lt_page_completeness;
lt_page lt_page_forms, lt_page_form, lt_page_list;
lt_page lt_page_livez, lt_page_readyz, lt_page_metrics, lt_page_api, lt_page_accounts;

#endif
