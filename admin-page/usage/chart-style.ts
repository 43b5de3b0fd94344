const shortDay = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
const longDay = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });
const shortNumber = new Intl.NumberFormat('en', { notation: 'compact' });

/** @param day such as `2026-11-30` */
export const formatDay = (day: string): string => longDay.format(new Date(day));

/** What all charts of days look like. */
export const chartStyle = {
  margin: { left: 0, right: 22, top: 12, bottom: 0 },
  grid: { horizontal: true },
  skipAnimation: true,
};

/** The axis of the days: short names below it, long ones in the tooltip. */
export function dayAxis(days: readonly { readonly day: string }[]) {
  return {
    data: days.map(({ day }) => day),
    valueFormatter: (day: string, { location }: { location: string }) =>
      location === 'tick' ? shortDay.format(new Date(day)) : formatDay(day),
    tickLabelMinGap: 16,
    disableLine: true,
    disableTicks: true,
  };
}

/** The vertical axis of a chart of counts. Its labels are short, such as `15K`: the chart cuts off what is wider than the axis. */
export const countAxis = {
  min: 0,
  tickMinStep: 1,
  width: 44,
  disableLine: true,
  disableTicks: true,
  valueFormatter: (count: number) => shortNumber.format(count),
};
