const short = new Intl.NumberFormat('en', { notation: 'compact' });

/** The vertical axis of a chart of counts. Its labels are short, such as `15K`: the chart cuts off what is wider than the axis. */
export const countAxis = {
  min: 0,
  tickMinStep: 1,
  width: 44,
  disableLine: true,
  disableTicks: true,
  valueFormatter: (count: number) => short.format(count),
};
