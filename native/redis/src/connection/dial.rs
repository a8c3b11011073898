//! How the server behind a node is found and reached.

use futures_util::future::select_ok;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ErrorKind, RedisError, RedisResult, Value, cmd,
    from_redis_value,
};

use crate::executor;
use crate::failure::{timed_out, without_executor};
use crate::settings::Settings;

/// The way to one server.
pub(crate) enum Dial {
    /// It is always at this address.
    Direct(ConnectionAddr),
    /// Sentinels know where it is now.
    Sentinel(Sentinels),
}

/// Those who know which server is the master.
pub(crate) struct Sentinels {
    pub(crate) clients: Vec<Client>,
    pub(crate) master: String,
    /// Whether the servers want TLS, as the Sentinels do.
    pub(crate) tls: bool,
}

impl Dial {
    /// How the server is called in errors, as long as its address is not known better.
    pub(super) fn name(&self) -> String {
        match self {
            Dial::Direct(address) => address.to_string(),
            Dial::Sentinel(sentinels) => format!("master {:?}", sentinels.master),
        }
    }

    /// A new connection to the server.
    pub(super) async fn connect(
        &self,
        settings: &Settings,
        config: &AsyncConnectionConfig,
    ) -> RedisResult<MultiplexedConnection> {
        if !executor::is_there() {
            return Err(without_executor());
        }
        match self {
            Dial::Direct(address) => open(&settings.client(address)?, settings, config).await,
            Dial::Sentinel(sentinels) => sentinels.connect(settings, config).await,
        }
    }
}

async fn open(
    client: &Client,
    settings: &Settings,
    config: &AsyncConnectionConfig,
) -> RedisResult<MultiplexedConnection> {
    let connecting = client.get_multiplexed_async_connection_with_config(config);
    executor::at_most(settings.connect_timeout, connecting)
        .await
        .unwrap_or_else(|| Err(timed_out()))
}

impl Sentinels {
    async fn connect(
        &self,
        settings: &Settings,
        config: &AsyncConnectionConfig,
    ) -> RedisResult<MultiplexedConnection> {
        let asked = self.clients.iter().map(|client| Box::pin(self.ask(client, settings)));
        let ((host, port), _) = select_ok(asked).await?;
        let address = address(host, port, self.tls);
        let mut connection = open(&settings.client(&address)?, settings, config).await?;
        // During a failover the Sentinels may still name the old master, who is a replica by now.
        let role = connection.send_packed_command(&cmd("ROLE")).await?.extract_error()?;
        match role {
            Value::Array(parts) if parts.first().is_some_and(is_master) => Ok(connection),
            _ => Err((ErrorKind::Server(redis::ServerErrorKind::ReadOnly), NOT_MASTER).into()),
        }
    }

    /// Where the master is, as this Sentinel has it.
    async fn ask(&self, client: &Client, settings: &Settings) -> RedisResult<(String, u16)> {
        let mut sentinel = open(client, settings, &settings.config()).await?;
        let mut question = cmd("SENTINEL");
        question.arg("GET-MASTER-ADDR-BY-NAME").arg(&self.master);
        let answer = sentinel.send_packed_command(&question).await?.extract_error()?;
        let unknown = || -> RedisError {
            let text = format!("no Sentinel knows a master {:?}", self.master);
            (ErrorKind::InvalidClientConfig, "SENTINEL", text).into()
        };
        match answer {
            Value::Nil => Err(unknown()),
            answer => from_redis_value(answer).map_err(RedisError::from),
        }
    }
}

/// The address of a server that another one named.
pub(crate) fn address(host: String, port: u16, tls: bool) -> ConnectionAddr {
    if tls {
        ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None }
    } else {
        ConnectionAddr::Tcp(host, port)
    }
}

fn is_master(role: &Value) -> bool {
    matches!(role, Value::BulkString(text) if text == b"master")
        || matches!(role, Value::SimpleString(text) if text == "master")
}

const NOT_MASTER: &str = "the server that the Sentinels name is no master yet";
