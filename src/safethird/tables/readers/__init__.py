"""One reader for each layout that a publisher uses, each in its own file."""

from __future__ import annotations

from safethird.tables.layouts import Layout
from safethird.tables.readers import (
    canada_tables,
    cbp_nationwide,
    cbp_southwest,
    dhs_credible_fear,
    eurostat_asylum,
    eurostat_dublin,
    frontex,
    iom_routes,
    ircc,
    ohss_khsm,
    uk_arrivals,
    uk_asylum,
    uk_returns,
    unhcr_asylum,
    unhcr_monthly,
    unhcr_population,
    usbp_monthly,
)

_MODULES = (
    canada_tables,
    cbp_nationwide,
    cbp_southwest,
    dhs_credible_fear,
    eurostat_asylum,
    eurostat_dublin,
    frontex,
    iom_routes,
    ircc,
    ohss_khsm,
    uk_arrivals,
    uk_asylum,
    uk_returns,
    unhcr_asylum,
    unhcr_monthly,
    unhcr_population,
    usbp_monthly,
)

LAYOUTS: tuple[Layout, ...] = tuple(layout for module in _MODULES for layout in module.LAYOUTS)
