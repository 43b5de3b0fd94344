/** The tables of an app on 0.1, as MikroORM created them: the app's own, those of `test/support/entities.ts`, and durin's. */
export const tablesOfVersion01 = `
  create table "organization" ("id" serial primary key, "name" varchar(255) not null);

  create table "app_user" (
    "id" serial primary key,
    "username" varchar(255) not null,
    "password_hash" varchar(255) null,
    "is_active" boolean not null default true,
    "role" varchar(255) not null default 'member',
    "biography" text null,
    "organization_id" int null
  );
  alter table "app_user" add constraint "app_user_username_unique" unique ("username");
  alter table "app_user" add constraint "app_user_organization_id_foreign"
    foreign key ("organization_id") references "organization" ("id") on delete set null;

  create table "durin_client" (
    "id" serial primary key,
    "name" varchar(64) not null,
    "token_ttl" int null default 86400,
    "throttle_rate" varchar(16) null,
    "created" timestamptz(3) not null default now()
  );
  alter table "durin_client" add constraint "durin_client_name_unique" unique ("name");
  alter table "durin_client" add constraint "durin_client_token_ttl_check" check (token_ttl > 0);
  alter table "durin_client" add constraint "durin_client_throttle_rate_check"
    check (((throttle_rate)::text ~ '^[1-9][0-9]{0,8}/[smhd]$'::text));

  create table "durin_auth_token" (
    "id" uuid not null,
    "selector" varchar(32) not null,
    "user_id" int not null,
    "client_id" int not null,
    "created" timestamptz(3) not null,
    "expiry" timestamptz(3) null,
    "last_used_at" timestamptz(3) null,
    "ip_address" varchar(64) null,
    "user_agent" varchar(256) null,
    primary key ("id")
  );
  alter table "durin_auth_token" add constraint "durin_auth_token_selector_unique" unique ("selector");
  create index "durin_auth_token_created_id_expiry_index" on "durin_auth_token" ("created", "id", "expiry");
  create index "durin_auth_token_expiry_id_client_id_index" on "durin_auth_token" ("expiry", "id", "client_id");
  create index "durin_auth_token_last_used_at_id_expiry_client_id_index"
    on "durin_auth_token" ("last_used_at", "id", "expiry", "client_id");
  create index "durin_auth_token_client_id_created_id_expiry_index"
    on "durin_auth_token" ("client_id", "created", "id", "expiry");
  alter table "durin_auth_token" add constraint "durin_auth_token_user_id_client_id_unique" unique ("user_id", "client_id");
  alter table "durin_auth_token" add constraint "durin_auth_token_user_id_foreign"
    foreign key ("user_id") references "app_user" ("id") on delete cascade;
  alter table "durin_auth_token" add constraint "durin_auth_token_client_id_foreign"
    foreign key ("client_id") references "durin_client" ("id") on delete cascade;
`;
