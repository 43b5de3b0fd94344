import { QueryClient } from '@tanstack/react-query';

export const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } }); // show errors immediately
queryClient.setQueryDefaults(['usage'], { refetchOnWindowFocus: false }); // counting reads the whole table
